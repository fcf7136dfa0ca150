package jpeg

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var record = flag.Bool("record", false, "ask Pillow anew what it makes of the files of TestLibjpeg")

// verdictsFile has a row a base and a word a variant: "=" as the first, "-" not
// opened, "." no such file, or a verdict.
const verdictsFile = "testdata/pillow/matrix.txt"

// A variant is something that happens to a file.
type variant struct {
	name string
	// do makes the file, whose recipe and whole form it is given; nil if that can't
	// happen to it.
	do func(r recipe, whole []byte) []byte

	// What Pillow opens is opened, with its pixels. The exceptions are these.
	refused bool // samples are missing, where it fills up with grey: an error of ours
	mended  bool // restart markers of other numbers, by which it skips: the whole picture
	near    int  // progressive, where it smoothes blocks: up to this difference of a channel
}

// variants are the mishaps, which change no picture, and what cuts files off.
func variants() []variant {
	all := []variant{{name: "as it is", do: func(_ recipe, whole []byte) []byte { return whole }}}
	for _, m := range mishaps {
		all = append(all, variant{
			name: m.name, mended: strings.HasPrefix(m.name, "restarts"),
			do: func(r recipe, _ []byte) []byte { m.do(&r); return r.build() },
		})
	}
	// cut leaves what where says of a whole file.
	cut := func(name string, refused bool, near int, where func(data []byte, scans []segment) int) {
		for _, ended := range []bool{false, true} {
			v := variant{name: name, refused: refused, near: near}
			if ended {
				v.name += ", and an end"
			}
			v.do = func(_ recipe, data []byte) []byte {
				var f file
				if err := f.read(data); err != nil {
					return nil
				}
				n := where(data, slices.DeleteFunc(f.segments, func(s segment) bool { return s.marker != startOfScan }))
				if n < 0 {
					return nil
				}
				if data = data[:n:n]; ended {
					data = append(data, 0xff, endOfImage)
				}
				return data
			}
			all = append(all, v)
		}
	}
	part := func(n, of int) func([]byte, []segment) int {
		return func(_ []byte, scans []segment) int {
			last := scans[len(scans)-1]
			return last.end + (last.next-last.end)*n/of
		}
	}
	cut("cut in its end", false, 0, func(data []byte, _ []segment) int { return len(data) - 1 })
	cut("cut a byte before its end", true, 0, func(data []byte, _ []segment) int { return len(data) - 3 })
	cut("cut at 9/10 of its last scan", true, 0, part(9, 10))
	cut("cut at half of its last scan", true, 0, part(1, 2))
	cut("cut at the data of its last scan", true, 0, part(0, 1))
	cut("cut in the head of its last scan", false, 0, func(_ []byte, scans []segment) int { return scans[len(scans)-1].at + 2 })
	cut("cut in front of its last scan", false, 0, func(_ []byte, scans []segment) int {
		if len(scans) < 2 {
			return -1
		}
		return scans[len(scans)-1].at - 4
	})
	cut("cut behind its first scan", false, 140, func(_ []byte, scans []segment) int {
		if len(scans) < 3 {
			return -1
		}
		return scans[0].next
	})
	cut("cut at half of its first scan", true, 0, func(_ []byte, scans []segment) int {
		if len(scans) < 2 {
			return -1
		}
		return (scans[0].end + scans[0].next) / 2
	})
	cut("cut in front of its scans", false, 0, func(_ []byte, scans []segment) int { return scans[0].at - 4 })
	return all
}

// smallBases are the bases in sizes of their own.
func smallBases() []recipe {
	out := bases()
	for i := range out {
		out[i].width, out[i].height, out[i].quality = 17+i*7%23, 9+i*5%17, 1+i%20
	}
	return out
}

// a verdict is what Pillow makes of a file.
type verdict struct {
	opens  bool
	digest string // of its pixels, the first 12 digits
	// Where its pixels are not ours: the largest difference of a channel, and the
	// digest of ours.
	near int
	ours string
}

func (v verdict) String() string {
	switch {
	case !v.opens:
		return "-"
	case v.near > 0:
		return fmt.Sprintf("%s/%d/%s", v.digest, v.near, v.ours)
	}
	return v.digest
}

func parseVerdict(s string) (v verdict) {
	if s == "-" {
		return v
	}
	parts := strings.Split(s, "/")
	v.opens, v.digest = true, parts[0]
	if len(parts) == 3 {
		v.ours = parts[2]
		_, _ = fmt.Sscan(parts[1], &v.near)
	}
	return v
}

func shortDigest(m *image.NRGBA) string { return digestRGB(m)[:12] }

// TestLibjpeg: what libjpeg opens is opened, with its pixels: samplings x scans x
// restarts x what happens to files, of which Pillow's verdicts are recorded. It
// prints a table of them: how many files of each variant have Pillow's pixels, have
// those of the whole file where Pillow's have not (mended), differ by no more than is
// stated (near), are opened by us alone, with the pixels of the whole file, by neither,
// and by Pillow alone. The table and the test are of all files with -v, and else of
// every fourth, which has each variant of each sampling. With -record Pillow is asked
// again.
func TestLibjpeg(t *testing.T) {
	if *record {
		recordVerdicts(t)
	}
	list, err := os.ReadFile(verdictsFile)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(string(list), "\n"), "\n")
	bases, variants := smallBases(), variants()
	if len(rows) != len(bases) {
		t.Fatalf("%d rows of verdicts on %d files: record them", len(rows), len(bases))
	}
	type count struct {
		files, equal, mended, near, most, both, alone int
		refused                                       map[string]int // which Pillow opens, by our sentence
	}
	counts := make([]count, len(variants))
	var d Decoder
	for i, base := range bases {
		name, words, _ := strings.Cut(rows[i], ": ")
		verdicts := strings.Fields(words)
		if name != rowName(&base) || len(verdicts) != len(variants) {
			t.Fatalf("row %d is of %s, with %d verdicts of %d: record them", i+1, name, len(verdicts), len(variants))
		}
		whole := base.build()
		for k, v := range variants {
			if verdicts[k] == "=" {
				verdicts[k] = verdicts[0]
			}
			if k > 0 && !testing.Verbose() && (i+k)%4 > 0 {
				continue
			}
			data := v.do(base, whole)
			if (data == nil) != (verdicts[k] == ".") {
				t.Fatalf("%s, %s: verdict %s: record them", v.name, name, verdicts[k])
			}
			if data == nil {
				continue
			}
			want, n := parseVerdict(verdicts[k]), &counts[k]
			n.files++
			got, err := decodeBoth(t, &d, data)
			switch {
			case err != nil && want.opens:
				if n.refused == nil {
					n.refused = map[string]int{}
				}
				n.refused[err.Error()]++
				if !v.refused {
					t.Errorf("%s, %s: %v, and Pillow opens it", v.name, name, err)
				}
			case err != nil:
				n.both++
			case !want.opens:
				n.alone++
				if shortDigest(got) != parseVerdict(verdicts[0]).digest {
					t.Errorf("%s, %s: Pillow does not open it, and its pixels are not those of the whole file", v.name, name)
				}
			case shortDigest(got) == want.digest:
				n.equal++
			case v.mended && shortDigest(got) == parseVerdict(verdicts[0]).digest:
				n.mended++
			default:
				n.near++
				n.most = max(n.most, want.near)
				if shortDigest(got) != want.ours || want.near > v.near {
					t.Errorf("%s, %s: other pixels than Pillow's, by %d", v.name, name, want.near)
				}
			}
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-44s %5s %5s %6s %9s %5s %5s  %s\n", "", "files", "equal", "mended", "near", "ours", "none", "only Pillow opens it, and we say")
	for k, v := range variants {
		n := counts[k]
		near := "0"
		if n.near > 0 {
			near = fmt.Sprintf("%d (<=%d)", n.near, n.most)
		}
		var sentences []string
		for s, times := range n.refused {
			sentences = append(sentences, fmt.Sprintf("%d %s", times, s))
		}
		slices.Sort(sentences)
		fmt.Fprintf(&table, "%-44s %5d %5d %6d %9s %5d %5d  %s\n", v.name, n.files, n.equal, n.mended, near, n.alone, n.both, strings.Join(sentences, "; "))
	}
	t.Logf("\n%s", &table)
}

func rowName(r *recipe) string {
	return fmt.Sprintf("%s, %dx%d", strings.ReplaceAll(kindOf(r), ":", ""), r.width, r.height)
}

// pillowServer answers files, each behind its length in four bytes, with whether
// it opens them, in a byte, and their colours, behind their length.
const pillowServer = `
import io, struct, sys
from PIL import Image, features
turbo = features.check("libjpeg_turbo") and features.version("libjpeg_turbo")
if not turbo or [int(n) for n in turbo.split(".")[:2]] < [2, 1]:
    sys.exit("no libjpeg-turbo 2.1")
while True:
    head = sys.stdin.buffer.read(4)
    if not head:
        break
    data = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
    try:
        rgb = Image.open(io.BytesIO(data)).convert("RGB").tobytes()
        sys.stdout.buffer.write(b"+" + struct.pack(">I", len(rgb)) + rgb)
    except Exception: # of many kinds
        sys.stdout.buffer.write(b"-" + struct.pack(">I", 0))
    sys.stdout.flush()
`

// guessed are the faults in the middle of a picture that libjpeg goes on behind.
var guessed = []error{
	faultShort.err(), faultCode.err(), FormatError("ends, or another marker comes, before a restart marker"),
}

// pillowBeside returns what asks a running Pillow whether it opens a file, or nil
// where there is none.
func pillowBeside(t testing.TB) func(data []byte) (opens bool, err error) {
	python := exec.Command("/usr/bin/python3", "-c", pillowServer)
	in, err := python.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := python.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if python.Start() != nil {
		return nil
	}
	t.Cleanup(func() { _ = in.Close(); _ = python.Wait() })
	answers := bufio.NewReader(out)
	ask := func(data []byte) (opens bool, err error) {
		_, _ = in.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)) // it ends: no answer
		opens, _, err = readAnswer(answers)
		return opens, err
	}
	if _, err := ask(nil); err != nil {
		return nil // no Pillow
	}
	return ask
}

// recordVerdicts asks the Pillow of this machine.
func recordVerdicts(t *testing.T) {
	var questions bytes.Buffer
	bases, variants := smallBases(), variants()
	for _, base := range bases {
		whole := base.build()
		for _, v := range variants {
			if data := v.do(base, whole); data != nil {
				_ = binary.Write(&questions, binary.BigEndian, uint32(len(data)))
				questions.Write(data)
			}
		}
	}
	python := exec.Command("/usr/bin/python3", "-c", pillowServer)
	python.Stdin, python.Stderr = &questions, os.Stderr
	said, err := python.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(bytes.NewReader(said))
	var d Decoder
	var out strings.Builder
	for _, base := range bases {
		fmt.Fprintf(&out, "%s:", rowName(&base))
		first, whole := "", base.build()
		for k, v := range variants {
			data := v.do(base, whole)
			word := "."
			if data != nil {
				opens, rgb, err := readAnswer(answers)
				if err != nil {
					t.Fatal(err)
				}
				word = judge(t, &d, data, opens, rgb).String()
			}
			switch {
			case k == 0:
				first = word
			case word == first:
				word = "="
			}
			out.WriteString(" " + word)
		}
		out.WriteString("\n")
	}
	if err := os.WriteFile(verdictsFile, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readAnswer(from io.Reader) (opens bool, rgb []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return false, nil, err
	}
	rgb = make([]byte, binary.BigEndian.Uint32(head[1:]))
	_, err = io.ReadFull(from, rgb)
	return head[0] == '+', rgb, err
}

// judge sets Pillow's answer beside ours.
func judge(t *testing.T, d *Decoder, data []byte, opens bool, rgb []byte) verdict {
	if !opens {
		return verdict{}
	}
	theirs := image.NewNRGBA(image.Rect(0, 0, len(rgb)/3, 1))
	for i := range len(rgb) / 3 {
		copy(theirs.Pix[4*i:], rgb[3*i:][:3])
	}
	v := verdict{opens: true, digest: shortDigest(theirs)}
	got, err := decodeBoth(t, d, data)
	if err != nil || shortDigest(got) == v.digest {
		return v
	}
	if len(got.Pix) != len(theirs.Pix) {
		t.Fatal("another size than Pillow's")
	}
	for i, p := range got.Pix {
		if i%4 < 3 {
			v.near = max(v.near, int(p)-int(theirs.Pix[i]), int(theirs.Pix[i])-int(p))
		}
	}
	v.ours = shortDigest(got)
	return v
}
