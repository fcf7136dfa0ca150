package pipeline

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/fault"
	"carriles/executor/trace"
	"carriles/filters"
)

// disk is a source and a sink in memory; full makes its writes fail.
type disk struct {
	files map[string][]byte
	out   map[int][]byte
	full  bool
}

func (d *disk) Read(_ Task, name string, buf []byte) ([]byte, error) {
	data, ok := d.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return append(buf[:0], data...), nil
}

func (d *disk) Write(t Task, _ codec.Format, data []byte) error {
	if d.full {
		return errors.New("no space left")
	}
	d.out[t.Index] = slices.Clone(data)
	return nil
}

// encodedPNG is an image of one colour.
func encodedPNG(t *testing.T, w, h int, c color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func step(name string, v filters.Values) request.Step { return request.Step{Filter: name, Params: v} }

func newTestLane(t *testing.T, d *disk, rec *trace.Recorder, images []string, steps ...request.Step) *Lane {
	t.Helper()
	l, err := NewLane(3, request.Spec{Steps: steps, Images: images, Count: len(images), Engine: filters.NativeName}, []filters.Engine{filters.Native()}, d, d, nil, rec)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestATaskGoesThroughAllStages(t *testing.T) {
	d := &disk{files: map[string][]byte{"a.png": encodedPNG(t, 40, 20, color.NRGBA{100, 50, 200, 255})}, out: map[int][]byte{}}
	rec := trace.NewRecorder(trace.NewClock(), nil)
	l := newTestLane(t, d, rec, []string{"a.png"},
		step("brightness", filters.Values{"factor": 1.2}),
		step("resize", filters.Values{"width": 10, "height": 30}),
		step("brightness", filters.Values{"factor": 0.5}))
	o := l.Do(Task{Index: 0, Attempt: 2, Received: trace.Span{Stage: trace.Receive, Start: 1, End: 2}})
	if o.Err != nil || o.Lane != 3 || o.Format != codec.PNG || o.Size != int64(len(d.out[0])) {
		t.Fatalf("outcome %+v", o)
	}
	var stages []string
	for _, s := range o.Spans {
		stages = append(stages, s.Stage.String())
		if s.End < s.Start {
			t.Errorf("span %+v ends before it starts", s)
		}
	}
	if got := strings.Join(stages, " "); got != "receive read decode filter filter filter encode write" {
		t.Errorf("stages %s", got)
	}
	if o.Spans[4].Step != 1 {
		t.Errorf("the second filter is step %d", o.Spans[4].Step)
	}
	img, err := png.Decode(bytes.NewReader(d.out[0]))
	if err != nil {
		t.Fatal(err)
	}
	// 100, 50, 200 x 1.2 = 120, 60, 240; x 0.5 = 60, 30, 120.
	if got := color.NRGBAModel.Convert(img.At(9, 29)); img.Bounds() != image.Rect(0, 0, 10, 30) || got != (color.NRGBA{60, 30, 120, 255}) {
		t.Errorf("%v of %v, want 60 30 120 in 10 x 30", got, img.Bounds())
	}
	r := o.Result(l.spec, "/x/a.png")
	if r.Status != result.StatusSuccess || r.Attempts != 2 || len(r.FiltersApplied) != 3 || r.FileSize != o.Size || r.ProcessingTime != r.Stages.Total() {
		t.Errorf("result %+v", r)
	}
}

func TestFailuresNameTheirStage(t *testing.T) {
	good := encodedPNG(t, 4, 4, color.NRGBA{1, 2, 3, 255})
	cases := []struct {
		name, image, want, code string
		full                    bool
		last                    trace.Stage
	}{
		{"missing", "none.png", "no longer there", fault.CodeBadImage, false, trace.Read},
		{"cut short", "cut.png", "cannot be used: it is damaged or incomplete", fault.CodeBadImage, false, trace.Decode},
		{"disk full", "a.png", "cannot be written", fault.CodeInternal, true, trace.Write},
	}
	for _, c := range cases {
		d := &disk{files: map[string][]byte{"a.png": good, "cut.png": good[:len(good)/2]}, out: map[int][]byte{}, full: c.full}
		l := newTestLane(t, d, trace.NewRecorder(trace.NewClock(), nil), []string{c.image}, step("sharpen", filters.Values{"intensity": 1}))
		o := l.Do(Task{Attempt: 1})
		if o.Err == nil || o.Err.Code != c.code || !strings.Contains(o.Err.Text.EN, c.want) || o.Err.Text.ES == "" || o.Err.Cause == nil {
			t.Errorf("%s: %v", c.name, o.Err)
			continue
		}
		if last := o.Spans[len(o.Spans)-1].Stage; last != c.last {
			t.Errorf("%s: the last stage is %v, want %v", c.name, last, c.last)
		}
		r := o.Result(l.spec, "/x")
		if r.Status != result.StatusError || r.Error != o.Err.Text.ES || len(r.FiltersApplied) != 0 || r.FileSize != 0 || len(d.out) != 0 {
			t.Errorf("%s: result %+v, %d outputs", c.name, r, len(d.out))
		}
	}
}

// TestLanesAreReused runs large, small and large again: nothing of one image
// shows in the next.
func TestLanesAreReused(t *testing.T) {
	d := &disk{out: map[int][]byte{}, files: map[string][]byte{
		"large.png": encodedPNG(t, 50, 40, color.NRGBA{200, 10, 10, 255}),
		"small.png": encodedPNG(t, 3, 2, color.NRGBA{10, 200, 10, 255}),
	}}
	steps := []request.Step{step("blur", filters.Values{"radius": 1.5}), step("sharpen", filters.Values{"intensity": 2})}
	images := []string{"large.png", "small.png", "large.png"}
	reused := newTestLane(t, d, nil, images, steps...)
	for i := range images {
		if o := reused.Do(Task{Index: i}); o.Err != nil {
			t.Fatal(o.Err)
		}
		got := d.out[i]
		if o := newTestLane(t, d, nil, images, steps...).Do(Task{Index: i}); o.Err != nil {
			t.Fatal(o.Err)
		}
		if !bytes.Equal(got, d.out[i]) {
			t.Errorf("image %d: a used lane gives other bytes than a fresh one", i)
		}
	}
}

func TestLanesNeedTheEnginesKernels(t *testing.T) {
	d := &disk{}
	engines := []filters.Engine{filters.Native(), {Name: "empty", Kernel: func(filters.Filter) filters.Kernel { return nil }}}
	for _, name := range []string{"edges", "nonsense"} {
		spec := request.Spec{Engine: "empty", Steps: []request.Step{step(name, nil)}}
		if _, err := NewLane(0, spec, engines, d, d, nil, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewLane(0, request.Spec{Engine: "other"}, engines, d, d, nil, nil); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("an engine that is not there: %v", err)
	}
}

func TestInspector(t *testing.T) {
	var in Inspector
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{960, 480, 480, 240}, {480, 960, 240, 480}, {30, 20, 30, 20}, {5000, 1, 480, 1},
	} {
		data := encodedPNG(t, c.w, c.h, color.NRGBA{1, 2, 3, 255})
		got, err := in.Inspect(data)
		if err != nil {
			t.Fatal(err)
		}
		preview, err := codec.Probe(got.Preview)
		if err != nil || got.Width != c.w || got.Height != c.h || preview.Width != c.wantW || preview.Height != c.wantH || preview.Format != codec.JPEG {
			t.Errorf("%d x %d: %d x %d with a preview %+v, %v", c.w, c.h, got.Width, got.Height, preview, err)
		}
	}
	if _, err := in.Inspect([]byte("no image")); err == nil {
		t.Error("no image was inspected")
	}
}

// TestChainsGoThroughTheBuffers compares chains with the same kernels applied
// one by one to pictures of their own: smaller, larger and again smaller ones,
// and a second task that finds the buffers as the first one left them.
func TestChainsGoThroughTheBuffers(t *testing.T) {
	blur := step("blur", filters.Values{"radius": 1.5})
	sharpen := step("sharpen", filters.Values{"intensity": 2})
	to := func(w, h float64) request.Step { return step("resize", filters.Values{"width": w, "height": h}) }
	var mixed bytes.Buffer
	img := image.NewNRGBA(image.Rect(0, 0, 37, 23))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i*31) | byte(i%4/3*255)
	}
	if err := png.Encode(&mixed, img); err != nil {
		t.Fatal(err)
	}
	for _, chain := range [][]request.Step{
		{}, {blur}, {blur, sharpen}, {blur, sharpen, blur}, {blur, sharpen, blur, sharpen},
		{to(80, 60), sharpen, blur}, {blur, to(80, 60), sharpen, to(5, 7), blur, sharpen}, {to(5, 7), to(80, 60), to(37, 23), blur},
	} {
		want := img
		for _, s := range chain {
			f, _ := filters.Lookup(s.Filter)
			w, h := f.Size(want.Rect.Dx(), want.Rect.Dy(), s.Params)
			dst := image.NewNRGBA(image.Rect(0, 0, w, h))
			var scratch filters.Scratch
			filters.Native().Kernel(f)(dst, want, s.Params, &scratch)
			want = dst
		}
		d := &disk{files: map[string][]byte{"a.png": mixed.Bytes()}, out: map[int][]byte{}}
		l := newTestLane(t, d, nil, []string{"a.png"}, chain...)
		for task := range 2 {
			if o := l.Do(Task{Index: task, Attempt: 1}); o.Err != nil {
				t.Fatal(o.Err)
			}
			var dec codec.Decoder
			got, _, err := dec.Decode(d.out[task])
			if err != nil || codec.Digest(got) != codec.Digest(want) {
				t.Errorf("task %d of the chain %v: other pixels, %v", task, chain, err)
			}
		}
	}
}
