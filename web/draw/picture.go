package draw

// Picture is what picture.js draws of a result, in the reader's words. Lanes it
// takes from the race on the page.
type Picture struct {
	File  string       `json:"file"`
	Title string       `json:"title"`
	Lines []string     `json:"lines"`
	Rows  []PictureRow `json:"rows"`
	Foot  []string     `json:"foot"`
}

// PictureRow is a method's.
type PictureRow struct {
	Method string  `json:"method"`
	Title  string  `json:"title"`
	Time   string  `json:"time"`
	Share  float64 `json:"share"` // of the longest time
}
