package lesson

import (
	"os"
	"path/filepath"
	"testing"

	"carriles/executor/batch/request"
)

var (
	one    = request.Endpoint{Methods: []string{request.Sequential}}
	all    = request.Endpoint{Methods: request.GuideMethods(), MethodsField: true}
	stress = request.Endpoint{Methods: []string{request.Multiprocessing}, Stress: true}
)

// testLab is a lab with two photographs on two cores.
func testLab() request.Lab {
	return request.Lab{
		Limits: request.Limits{Count: 200, Stress: 50, Workers: 8, Executions: 3000, Pixels: 24_000_000},
		Pool:   2, Images: []string{"a.jpg", "b.jpg"},
	}
}

// guideBody is a body of the course's guide, word for word.
func guideBody(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "request", "testdata", "guide", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
