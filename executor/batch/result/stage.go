package result

import (
	"carriles/executor/text"
	"carriles/executor/trace"
)

// stageTitles are the stages of a trace as readers see them: one or two words.
var stageTitles = map[string]text.Text{
	trace.Spawn.String():   {ES: "arranque", EN: "start"},
	trace.Receive.String(): {ES: "recibe", EN: "receive"},
	trace.Read.String():    {ES: "lee", EN: "read"},
	trace.Decode.String():  {ES: "decodifica", EN: "decode"},
	trace.Filter.String():  {ES: "filtra", EN: "filter"},
	trace.Encode.String():  {ES: "codifica", EN: "encode"},
	trace.Write.String():   {ES: "escribe", EN: "write"},
	trace.Send.String():    {ES: "envía", EN: "send"},
	trace.Lost.String():    {ES: "perdido", EN: "lost"},
	trace.Idle.String():    {ES: "espera", EN: "idle"},
}

// StageTitle is a stage's name for readers, by its name in the JSON. Of an
// unknown name it is that name.
func StageTitle(stage string) text.Text {
	if title, ok := stageTitles[stage]; ok {
		return title
	}
	return text.Text{ES: stage, EN: stage}
}
