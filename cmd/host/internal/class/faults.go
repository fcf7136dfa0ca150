package class

import (
	"strings"

	"carriles/executor/fault"
	"carriles/executor/text"
)

func outOfRange(field string, allowed text.Text) fault.Fault {
	return fault.Fault{
		Code: fault.CodeOutOfRange, Field: field, Allowed: allowed,
		Text: text.Sprintf("«%s» no vale", "%q is not valid", field),
	}
}

func between(low, high int) text.Text {
	return text.Sprintf("de %d a %d", "from %d to %d", low, high)
}

func join(names []string) string { return strings.Join(names, ", ") }

func noStep(step string) error {
	return fault.Errorf(fault.CodeNotFound, "la lección no tiene el paso «%s»", "the lesson has no step %q", step)
}

func notOpen() error {
	return fault.Errorf(fault.CodeNotOpen, "la pregunta no admite eso ahora", "the question does not take that now")
}

func notJoined() error {
	return fault.Errorf(fault.CodeNotJoined, "este navegador no está en la clase: debe entrar otra vez", "this browser is not in the class: it must join again")
}

func tooManyAnswers() error {
	return fault.Errorf(fault.CodeBusy, "la pregunta tiene ya demasiadas respuestas", "the question has too many answers already")
}
