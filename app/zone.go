package app

import (
	"reflect"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
)

// chinaZone is the zone of a bot whose file names none: WeChat's people live in it, and containers
// are at UTC.
const chinaZone = "Asia/Shanghai"

// zone is the time zone of the bot.
func (s *schema) zone(mistake func(path string, err error)) *time.Location {
	if s.Zone != "" && s.Zone != chinaZone {
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			mistake("zone", checkZone(s.Zone))
		}
		return zone
	}
	if zone, err := time.LoadLocation(chinaZone); err == nil {
		return zone
	}
	return time.FixedZone(chinaZone, 8*60*60) // a machine without time zones; China has no summer time
}

// setZone gives the parts of a day in a configuration the time zone of the bot, however deep they
// are in it.
func setZone(v reflect.Value, zone string) {
	if zone == "" { // a Window without one is in China
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			setZone(v.Elem(), zone)
		}
	case reflect.Struct:
		if !v.CanAddr() { // of an interface
			return
		}
		if w, ok := v.Addr().Interface().(*outbox.Window); ok {
			if *w != (outbox.Window{}) && w.Zone == "" {
				w.Zone = zone
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				setZone(v.Field(i), zone)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			setZone(v.Index(i), zone)
		}
	case reflect.Map: // its values have no address
		for at := v.MapRange(); at.Next(); {
			one := reflect.New(v.Type().Elem()).Elem()
			one.Set(at.Value())
			setZone(one, zone)
			v.SetMapIndex(at.Key(), one)
		}
	default:
	}
}
