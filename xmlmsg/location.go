package xmlmsg

import (
	"math"
	"strconv"
	"strings"
)

// Location is a place on the map (MsgType 48, element msg/location). A live location is a
// LocationShare.
type Location struct {
	Lat      float64 `json:"lat"` // degrees, from the attribute x
	Lng      float64 `json:"lng"` // degrees, from the attribute y
	Scale    float64 `json:"scale"`
	Label    string  `json:"label"`    // address
	POIName  string  `json:"poi_name"` // may be "[位置]"
	POIID    string  `json:"poi_id"`
	MapType  string  `json:"map_type"`
	AdCode   string  `json:"ad_code"`
	CityName string  `json:"city_name"`
	InfoURL  string  `json:"info_url"`
	From     string  `json:"from"` // fromusername
}

// Kind returns KindLocation.
func (*Location) Kind() Kind { return KindLocation }

func parseLocation(doc element) Payload {
	l := doc.path("msg", "location")
	if !l.exists() {
		return nil
	}
	return &Location{
		Lat: toFloat(l.attr("x")), Lng: toFloat(l.attr("y")), Scale: toFloat(l.attr("scale")),
		Label: l.attr("label"), POIName: l.attr("poiname"), POIID: l.attr("poiid"), MapType: l.attr("maptype"),
		AdCode: l.attr("adcode"), CityName: l.attr("cityname"), InfoURL: l.attrURL("infourl"), From: l.attr("fromusername"),
	}
}

// toFloat reads a decimal number. It returns 0 for anything else.
func toFloat(s string) float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}
