package works

import "fmt"

// InvalidError says which field cannot be. Detail is a sentence for people.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "works, " + e.Field + ": " + e.Detail }

func invalid(field, sentence string, args ...any) error {
	return &InvalidError{field, fmt.Sprintf(sentence, args...)}
}
