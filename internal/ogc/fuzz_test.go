package ogc_test

import (
	"net/url"
	"testing"

	"github.com/lianpian/lianpian/internal/ogc"
)

// FuzzParseItems: whatever an address of the door says is refused, or read.
func FuzzParseItems(f *testing.F) {
	f.Add("500110-zones", "1", "bbox=106,28,107,29&limit=10", "http://www.opengis.net/def/crs/EPSG/0/4490")
	f.Add("-", "", "limit=-1&datetime=../..&filter=a%20=%20", "EPSG:3857")
	f.Add("500110-buildings", "x", "bbox=nan,nan,nan,nan&crs=&properties=,,&filter-lang=cql2-text&filter=((((", "")
	f.Fuzz(func(t *testing.T, collection, item, query, crs string) {
		_, _ = ogc.ParseCRS(crs)
		_, _, _ = ogc.ParseStyleID(collection)
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		district, layer, ok := ogc.ParseID(collection)
		if !ok {
			return
		}
		_, _ = ogc.ParseItems(district, layer, q)
		_, _ = ogc.ParseItem(district, layer, item, q)
	})
}
