package zone

// Year is when a zone is to be done.
type Year struct {
	Code   string `json:"code" maxLength:"100"`
	Year   *int   `json:"year" minimum:"1900" maximum:"2200"`
	Locked bool   `json:"locked"`
}
