// Package crew has the tasks of a batch done by workers, wherever these are: it
// gives orders, notices when a worker dies or freezes, tries its tasks again,
// and adds up where the time went.
//
// It is pure and portable: the same in the host, in the page and in tests. What
// a worker is, how it is started and how an image gets to it is its place's
// (executor/crew/process and others): crew imports no operating system, no
// network and no browser.
//
//	c := crew.New(place, crew.Config{...})
//	defer c.Close()
//	err := c.Start(ctx)            // warm only: hires all workers and waits for them
//	report, err := c.Run(ctx, job) // once if cold, any number of times if warm
package crew
