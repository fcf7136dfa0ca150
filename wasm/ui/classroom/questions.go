package classroom

import (
	"strconv"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
)

// CommandKey names a command of a step.
func CommandKey(step string, command int) string { return step + "/" + strconv.Itoa(command) }

// Present is how many may have predicted: those who are here, and those who
// have left since.
func Present(s *class.State) int {
	if s.Round == nil {
		return s.Members.All
	}
	return max(s.Members.All, s.Round.Predictions)
}

// question is a command of the lesson that compares methods.
type question struct {
	key     string
	step    lesson.Step
	command int
	request request.Request
}

// questions are the commands whose winner can be predicted.
func questions(g lesson.Lesson) []question {
	var list []question
	for _, s := range g.Steps {
		for i, command := range s.Commands {
			if r, _ := command.Request(); ComparesMethods(command) {
				list = append(list, question{key: CommandKey(s.ID, i), step: s, command: i, request: r})
			}
		}
	}
	return list
}

// questionAfter is the key of the question that follows one, and of the last one
// its own.
func questionAfter(g lesson.Lesson, key string) string {
	list := questions(g)
	for i, q := range list {
		if q.key == key {
			return list[min(i+1, len(list)-1)].key
		}
	}
	return list[0].key
}

// ComparesMethods reports whether there is a winner to predict.
func ComparesMethods(c lesson.Command) bool {
	r, ok := c.Request()
	return ok && len(r.Methods) > 1
}

func stepOf(g *lesson.Lesson, id string) (lesson.Step, bool) {
	if g != nil {
		for _, s := range g.Steps {
			if s.ID == id {
				return s, true
			}
		}
	}
	return lesson.Step{}, false
}
