package batch

import (
	"carriles/executor/trace"
	"carriles/filters"
)

// StageTitle is a stage of a trace, by its name in the JSON, as readers see it:
// one or two words. Of an unknown name it is that name.
func StageTitle(stage string) filters.Text {
	switch stage {
	case trace.Spawn.String():
		return filters.Text{ES: "arranque", EN: "start"}
	case trace.Receive.String():
		return filters.Text{ES: "recibe", EN: "receive"}
	case trace.Read.String():
		return filters.Text{ES: "lee", EN: "read"}
	case trace.Decode.String():
		return filters.Text{ES: "decodifica", EN: "decode"}
	case trace.Filter.String():
		return filters.Text{ES: "filtra", EN: "filter"}
	case trace.Encode.String():
		return filters.Text{ES: "codifica", EN: "encode"}
	case trace.Write.String():
		return filters.Text{ES: "escribe", EN: "write"}
	case trace.Send.String():
		return filters.Text{ES: "envía", EN: "send"}
	case trace.Lost.String():
		return filters.Text{ES: "perdido", EN: "lost"}
	case trace.Idle.String():
		return filters.Text{ES: "espera", EN: "idle"}
	}
	return filters.Text{ES: stage, EN: stage}
}
