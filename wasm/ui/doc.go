// Package ui is the lab's page: the form that describes a batch, the progress
// of a run, and what it showed.
//
// The files without go-app types hold what can be reasoned about without a
// browser: the form's state and the request it stands for, the curl command,
// the numbers' spelling, the rows and segments of a result. The rest renders
// them and talks to the host. All visible text is in texts.go.
//
// The package compiles for the host too, which prerenders a light shell of the
// page with it. It never computes an image: the host does, or the page's Web
// Worker.
package ui
