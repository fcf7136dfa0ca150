package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"carriles/cmd/host/internal/hosttest"
)

// TestTheDebIsInstalled builds the deb of the binary that is tested, installs it under
// a root of its own, where its scripts make the service's user, starts the lab from
// there as that user with what /etc/default gives it, and removes and purges it. The
// unit is looked at by systemd-analyze, and not started: there is no systemd here.
func TestTheDebIsInstalled(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root installs a package: not tested")
	}
	for _, tool := range []string{"dpkg", "useradd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s: the package was not tested", tool)
		}
	}
	bin := os.Getenv("CARRILES_BIN")
	if bin == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		bin = self
	}
	folder, root := t.TempDir(), t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Env = append(cmd.Environ(), "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("sh", "../../packaging/package", "linux", runtime.GOARCH, bin, "1.2.3", "1700000000", folder, "deb")
	debs, err := filepath.Glob(filepath.Join(folder, "*.deb"))
	if err != nil || len(debs) != 1 || filepath.Base(debs[0]) != "carriles_1.2.3_"+runtime.GOARCH+".deb" {
		t.Fatalf("%q, %v", debs, err)
	}

	in := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	read := func(parts ...string) string {
		t.Helper()
		data, err := os.ReadFile(in(parts...))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"} {
		if err := os.MkdirAll(in(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for file, content := range map[string]string{"var/lib/dpkg/status": "", "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/group": "root:x:0:\n"} {
		if err := os.WriteFile(in(file), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dpkg := func(args ...string) {
		t.Helper()
		run("dpkg", append([]string{"--root=" + root, "--force-script-chrootless", "--force-depends", "--log=/dev/null"}, args...)...)
	}
	dpkg("-i", debs[0])
	_, entry, found := strings.Cut(read("etc/passwd"), "\ncarriles:")
	fields := strings.Split(entry, ":") // x:uid:gid:...
	if !found || len(fields) < 6 || fields[4] != "/var/lib/carriles" {
		t.Fatalf("the service has no user: %q", entry)
	}
	uid, _ := strconv.Atoi(fields[1])
	gid, _ := strconv.Atoi(fields[2])

	const unit = "usr/lib/systemd/system/carriles.service"
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("there is no systemd-analyze: the unit was not looked at")
	} else {
		here := filepath.Join(folder, "carriles.service")
		if err := os.WriteFile(here, []byte(strings.Replace(read(unit), "ExecStart=", "ExecStart="+root, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		if said := run("systemd-analyze", "verify", here); said != "" {
			t.Errorf("the unit: %s", said)
		}
	}

	// What systemd would do: the state folder, and the variables of the unit and of /etc/default.
	state := in("var/lib/carriles")
	if err := os.Mkdir(state, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(state, uid, gid); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, filepath.Dir(root)} { // of the test's own user alone
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(in("usr/bin/carriles"), "serve")
	cmd.Dir = state
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	cmd.Env = append(os.Environ(), "CARRILES_STATIC="+state, "CARRILES_ADDR=127.0.0.1:0", "CARRILES_MAX_COUNT=7")
	m := startCommand(t, cmd, state, &hosttest.Log{})
	if health := m.json("GET", "/api/health/", "", 200); health.text("status") == "" {
		t.Errorf("health: %v", health)
	}
	if c := m.json("GET", "/api/filters/", "", 200); c.number("limits.count") != 7 {
		t.Errorf("the variables are not read: %v", c.at("limits"))
	}
	m.post("/api/process-batch/sequential/", `{"filters": ["brightness"], "count": 1}`, 200)
	if outputs := m.files("processed"); len(outputs) != 1 {
		t.Errorf("outputs: %q", outputs)
	}
	m.kill()

	dpkg("-r", "carriles")
	if _, err := os.Stat(in("usr/bin/carriles")); !os.IsNotExist(err) {
		t.Errorf("removed, and the program is there: %v", err)
	}
	if _, err := os.Stat(in("var/lib/carriles/images")); err != nil {
		t.Errorf("removing has taken what the class measured: %v", err)
	}
	dpkg("-P", "carriles")
	if _, err := os.Stat(state); !os.IsNotExist(err) || strings.Contains(read("etc/passwd"), "carriles") {
		t.Errorf("purged, and something is left: %v, %q", err, read("etc/passwd"))
	}
}

// GoReleaser is too heavy for a test. What its file names is there, and it makes a
// release for the systems that make knows.
func TestWhatAReleaseNames(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	release := read(".goreleaser.yaml")
	one := func(in, pattern string) string {
		t.Helper()
		found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(in, -1)
		if len(found) != 1 {
			t.Fatalf("%s: %q", pattern, found)
		}
		return found[0][1]
	}
	var systems []string
	for os := range strings.SplitSeq(one(release, `^ +goos: \[(.*)\]$`), ", ") {
		for arch := range strings.SplitSeq(one(release, `^ +goarch: \[(.*)\]$`), ", ") {
			systems = append(systems, os+"/"+arch)
		}
	}
	if made := one(read("Makefile"), `^PLATFORMS := (.*)$`); strings.Join(systems, " ") != made {
		t.Errorf("a release is for %q, and make knows %q", systems, made)
	}
	paths := []string{one(release, `^ +main: (\S+)$`)}
	for _, file := range regexp.MustCompile(`(?:cmd: sh|src:) (\S+)`).FindAllStringSubmatch(release, -1) {
		paths = append(paths, file[1])
	}
	if len(paths) != 7 { // the program, what is built before it and packs it, and what is beside it
		t.Errorf("named: %q", paths)
	}
	for _, path := range paths {
		if _, err := os.Stat(filepath.Join("../..", path)); err != nil {
			t.Errorf("a release has it: %v", err)
		}
	}
	tools := read(".ci/release.mod")
	for _, tool := range regexp.MustCompile(`bin/tools/([\w-]+)`).FindAllStringSubmatch(read("Makefile")+release, -1) {
		if !regexp.MustCompile(`(?m)^\t\S*/` + tool[1] + `(/v\d+)?$`).MatchString(tools) {
			t.Errorf("%s is no tool of .ci/release.mod", tool[1])
		}
	}
}

// Every flag of the server stands in /etc/default/carriles, but those that a service
// has no use for.
func TestTheServicesVariables(t *testing.T) {
	data, err := os.ReadFile("../../packaging/carriles.default")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if name, _, ok := strings.Cut(strings.TrimPrefix(line, "#"), "="); ok {
			told[name] = true
		}
	}
	var c config
	c.flags().VisitAll(func(f *flag.Flag) {
		name := variable("CARRILES", f.Name)
		if own := f.Name == "open" || f.Name == "static"; told[name] == own {
			t.Errorf("%s: told of: %v", name, told[name])
		}
		delete(told, name)
	})
	if len(told) > 0 {
		t.Errorf("no flags: %v", told)
	}
}
