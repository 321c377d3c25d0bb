// Package doctor brings anybody's file into the register: it reads, stages,
// tells what is wrong with it and proposes how to mend it, remembers what the
// person decided, imports, and takes an import back as a whole. It must never
// write to the register before the person has confirmed, never mend silently,
// and never keep personal data of residents.
package doctor
