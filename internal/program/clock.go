package program

import "time"

// china is the time zone of the plans' dates, all year.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)
