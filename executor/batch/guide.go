package batch

import "carriles/filters"

// Expectation is what the lesson's guide says of a batch.
type Expectation struct {
	// Winner is the method that should win.
	Winner string `json:"winner"`
	// Claim is the guide's reason, and Note what is to be said of it.
	Claim filters.Text `json:"claim"`
	Note  filters.Text `json:"note"`
	// Met is "yes", "no" or "open": the samples name another winner, or none.
	Met string `json:"met,omitempty"`
}

// Guide is the lesson: the answer of GET /api/guide/.
type Guide struct {
	Title   filters.Text `json:"title"`
	Minutes int          `json:"minutes"`
	Steps   []GuideStep  `json:"steps"`
}

// GuideStep is one step of the lesson.
type GuideStep struct {
	ID    string       `json:"id"`
	Title filters.Text `json:"title"`
	// FromMinute and Minutes say when it begins and how long it takes.
	FromMinute int          `json:"from_minute"`
	Minutes    int          `json:"minutes"`
	Say        filters.Text `json:"say"`
	// Ask is a question for the class before it is run; empty if none.
	Ask      filters.Text `json:"ask"`
	Commands []Command    `json:"commands"`
}

// Command is a request that a step makes.
type Command struct {
	Method string `json:"method"` // "GET" or "POST"
	Path   string `json:"path"`
	// Body is the JSON of a POST, as the guide writes it.
	Body string `json:"body,omitempty"`
	// Shell is a command that is not a request, such as ls.
	Shell    string       `json:"shell,omitempty"`
	Expected *Expectation `json:"expected,omitempty"`
}
