package api

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FinderPlace is a place. Some answers contain broken binary data in it, which is dropped.
type FinderPlace struct {
	Longitude       float64 `json:"longitude"` // degrees
	Latitude        float64 `json:"latitude"`  // degrees
	City            string  `json:"city"`
	POIName         string  `json:"poiName"`
	POIAddress      string  `json:"poiAddress"`
	POIClassifyID   string  `json:"poiClassifyId"`
	POIClassifyType int     `json:"poiClassifyType"` // undocumented

	Extra Extra `json:",embed"`
}

// UnmarshalJSONFrom reads a place, or drops it if it is broken.
func (p *FinderPlace) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type place FinderPlace
	return readOrDrop(dec, (*place)(p))
}

// FinderRegion is the region from which something was published or written. Some answers contain
// broken binary data in it, which is dropped.
type FinderRegion struct {
	Text []string `json:"regionText"` // names of the region

	Extra Extra `json:",embed"`
}

// UnmarshalJSONFrom reads a region, or drops it if it is broken.
func (r *FinderRegion) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type region FinderRegion
	return readOrDrop(dec, (*region)(r))
}

// readOrDrop reads a value that must not cost the whole answer.
func readOrDrop[T any](dec *jsontext.Decoder, out *T) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	var v T
	if json.Unmarshal(raw, &v, tolerant()) != nil {
		var nothing T
		v = nothing
	}
	*out = v
	return nil
}
