package shapefile

import (
	"bytes"
	"encoding/csv"
	"path"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile/archive"
)

// dictionaryName is the file of an archive that says what the short names of
// fields mean.
const dictionaryName = "字段说明.csv"

var dictionaryHead = []string{"文件", "图层", "字段", "名称", "标识", "类型", "单位", "说明"}

// dictionary has the titles of fields, by layer and name in small letters.
type dictionary map[string]map[string]string

// readDictionary reads the dictionary that Write puts into its archives; other
// archives have none.
func readDictionary(a *archive.Archive) dictionary {
	out := dictionary{}
	for _, e := range a.Entries {
		if e.Base() != dictionaryName {
			continue
		}
		raw, err := a.ReadAll(e, 1<<20)
		if err != nil {
			return out
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
		rows, err := r.ReadAll()
		if err != nil || len(rows) == 0 || strings.Join(rows[0], ",") != strings.Join(dictionaryHead, ",") {
			return out
		}
		for _, row := range rows[1:] {
			layer := strings.ToLower(strings.TrimSuffix(row[0], path.Ext(row[0])))
			if out[layer] == nil {
				out[layer] = map[string]string{}
			}
			out[layer][strings.ToLower(row[2])] = row[3]
		}
	}
	return out
}
