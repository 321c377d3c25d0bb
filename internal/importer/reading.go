package importer

import "strings"

// Personal tells whether a column holds personal data of residents, by its
// header. Such columns are never read.
func Personal(header string) bool {
	return personalHeader.MatchString(strings.Join(strings.Fields(cleanText(header)), ""))
}
