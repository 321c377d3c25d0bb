// Package clock says which day it is: the day of China, wherever the service runs.
package clock

import "time"

// China is the time of all of China, all year. A fixed offset needs no time zone data on
// the machine.
var China = time.FixedZone("UTC+8", 8*60*60)

// Now is the present moment, in China.
func Now() time.Time { return time.Now().In(China) }

// Day is the date of a moment in China, at midnight UTC as dates are kept.
func Day(t time.Time) time.Time {
	y, m, d := t.In(China).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
