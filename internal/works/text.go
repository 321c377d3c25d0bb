package works

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/privacy"
)

// text cleans what a person wrote. Numbers of persons are refused.
func text(field, written string, most int) (string, error) {
	written = strings.TrimSpace(written)
	switch {
	case !utf8.ValidString(written) || strings.ContainsRune(written, 0):
		return "", invalid(field, "含有不能识别的字符")
	case utf8.RuneCountInString(written) > most:
		return "", invalid(field, "最多%d个字", most)
	case privacy.PersonalNumbers(written):
		return "", invalid(field, "含有手机号码或身份证号码；系统不存储居民个人信息，请删去")
	}
	return written, nil
}

// texts cleans several, named by their places.
func texts(base string, most int, fields map[string]*string) error {
	for name, written := range fields {
		clean, err := text(base+name, *written, most)
		if err != nil {
			return err
		}
		*written = clean
	}
	return nil
}

func at(list string, i int) string { return fmt.Sprintf("%s[%d].", list, i) }

// recordset is a list as the database takes it: never null.
func recordset[T any](rows []T) ([]byte, error) {
	if rows == nil {
		rows = []T{}
	}
	return json.Marshal(rows)
}
