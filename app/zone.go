package app

import "time"

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
