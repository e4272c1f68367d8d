package api

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FinderPlace is a place. Some answers of the service have broken binary data in it: what cannot be read is left out.
type FinderPlace struct {
	Longitude       float64 `json:"longitude"` // degrees
	Latitude        float64 `json:"latitude"`  // degrees
	City            string  `json:"city"`
	POIName         string  `json:"poiName"`
	POIAddress      string  `json:"poiAddress"`
	POIClassifyID   string  `json:"poiClassifyId"`
	POIClassifyType int     `json:"poiClassifyType"` // not documented

	Extra Extra `json:",embed"`
}

// UnmarshalJSONFrom reads a place, or drops it.
func (p *FinderPlace) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type place FinderPlace
	return readOrDrop(dec, (*place)(p))
}

// FinderRegion is where somebody was who published or wrote something. Some answers of the service have broken binary data in it: what
// cannot be read is left out.
type FinderRegion struct {
	Text []string `json:"regionText"` // names of the region

	Extra Extra `json:",embed"`
}

// UnmarshalJSONFrom reads a region, or drops it.
func (r *FinderRegion) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type region FinderRegion
	return readOrDrop(dec, (*region)(r))
}

// readOrDrop reads a value that is not worth losing the answer for.
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
