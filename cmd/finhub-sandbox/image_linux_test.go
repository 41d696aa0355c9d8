package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// maxImage is how large the unpacked image may be, in bytes.
const maxImage = 25_000_000

// image is what the Dockerfile says of the image, whose content is put together in a
// directory: no container engine is needed to look at it.
type image struct {
	root                        string
	entrypoint, command, health []string
	environment                 []string
	user                        syscall.Credential
	healthFlags                 string
}

// TestImage holds what the Dockerfile describes to what it is for: small, run by a
// user of no name from a root to which nothing is written, ready on its port, and
// healthy wherever its environment says that it listens.
func TestImage(t *testing.T) {
	if os.Getenv("SANDBOX_IMAGE") == "" {
		t.Skip(".ci/run image runs it: it compiles everything anew")
	}
	i := newImage(t)
	size := int64(0)
	before := i.files(t, &size)
	if want := []string{"data", "etc", "etc/ssl", "etc/ssl/certs", "etc/ssl/certs/ca-certificates.crt", "finhub-sandbox"}; !slices.Equal(before, want) {
		t.Errorf("the image has %q, not %q", before, want)
	}
	t.Logf("%d bytes", size)
	if size > maxImage {
		t.Errorf("the image has %d bytes, more than %d", size, maxImage)
	}
	if i.user.Uid == 0 || i.user.Gid == 0 {
		t.Errorf("it is run as %+v", i.user)
	}
	if !strings.Contains(i.healthFlags, "--start-interval=") {
		t.Errorf("health is checked with %s", i.healthFlags)
	}
	if os.Getuid() != 0 {
		t.Skip("only root may change the root directory")
	}
	t.Run("empty environment", func(t *testing.T) {
		// In a network of its own the port is free.
		greeting := i.serve(t, syscall.CLONE_NEWNET)
		if !strings.Contains(greeting, "listens on http://[::]:8080\n") || !strings.Contains(greeting, "state        in memory") {
			t.Errorf("the greeting is:\n%s", greeting)
		}
	})
	t.Run("another address", func(t *testing.T) {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := free.Addr().String()
		if err := free.Close(); err != nil {
			t.Fatal(err)
		}
		variables := []string{"SANDBOX_ADDR=" + addr, "SANDBOX_DATA=/data/sandbox.db"}
		greeting := i.serve(t, 0, variables...)
		if !strings.Contains(greeting, "/data/sandbox.db, durability second") {
			t.Errorf("the greeting is:\n%s", greeting)
		}
		out, err := i.inside(t, 0, i.health, variables...).Output()
		if err != nil || !strings.Contains(string(out), `"ready"`) {
			t.Errorf("health: %v, %s", err, out)
		}
		if out, err := i.inside(t, 0, i.health).Output(); err == nil {
			t.Errorf("on another port than the sandbox is on, it is healthy too: %s", out)
		}
	})
	if after := slices.DeleteFunc(i.files(t, new(int64)), func(name string) bool { return path.Dir(name) == "data" }); !slices.Equal(before, after) {
		t.Errorf("the root had %q and has %q", before, after)
	}
}

// newImage builds the binary as the Dockerfile does, from what is not in
// .dockerignore, and lays the files out.
func newImage(t *testing.T) *image {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	i := &image{root: t.TempDir()}
	lines := strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n")
	for _, line := range lines {
		instruction, rest, _ := strings.Cut(line, " ")
		switch instruction {
		case "ENTRYPOINT":
			i.entrypoint = words(t, rest)
		case "CMD":
			i.command = words(t, rest)
		case "HEALTHCHECK":
			flags, command, _ := strings.Cut(rest, "CMD ")
			i.healthFlags, i.health = flags, words(t, command)
		case "ENV":
			i.environment = append(i.environment, rest)
		case "USER":
			user, group, _ := strings.Cut(rest, ":")
			uid, errUser := strconv.ParseUint(user, 10, 32)
			gid, errGroup := strconv.ParseUint(group, 10, 32)
			if err := errors.Join(errUser, errGroup); err != nil {
				t.Fatal(err)
			}
			i.user = syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}
		}
	}
	i.build(t, lines)
	return i
}

// words are those of an instruction in its exec form.
func words(t *testing.T, text string) (list []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return list
}

func (i *image) build(t *testing.T, lines []string) {
	t.Helper()
	at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "go build") })
	flags := regexp.MustCompile(`(CGO_ENABLED=\d) go build (.*?) -ldflags "(.*?)"`).FindStringSubmatch(lines[at])
	if flags == nil {
		t.Fatalf("the Dockerfile builds with %s", lines[at])
	}
	args := append([]string{"build", "-o", filepath.Join(i.root, "finhub-sandbox"), "-ldflags", strings.ReplaceAll(flags[3], "${VERSION}", "test")}, strings.Fields(flags[2])...)
	build := exec.Command("go", append(args, "./cmd/finhub-sandbox")...)
	build.Dir, build.Env = contextOf(t), append(os.Environ(), flags[1])
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	certificates := filepath.Join(i.root, "etc/ssl/certs")
	data := filepath.Join(i.root, "data")
	if err := errors.Join(os.Chmod(i.root, 0o755), os.MkdirAll(certificates, 0o755), os.Mkdir(data, 0o755),
		os.WriteFile(filepath.Join(certificates, "ca-certificates.crt"), bytes.Repeat([]byte("."), 220_000), 0o644)); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(data, int(i.user.Uid), int(i.user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// contextOf copies the tree without what .dockerignore names.
func contextOf(t *testing.T) string {
	t.Helper()
	ignored, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	patterns := strings.Fields(regexp.MustCompile(`(?m)^#.*`).ReplaceAllString(string(ignored), ""))
	leftOut := func(name string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			if everywhere, ok := strings.CutPrefix(pattern, "**/"); ok {
				pattern, name = everywhere, path.Base(name)
			}
			match, err := path.Match(pattern, name)
			return match || err != nil
		})
	}
	source, target := os.DirFS("../.."), t.TempDir()
	if err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return err
		case leftOut(name) && entry.IsDir():
			return fs.SkipDir
		case leftOut(name):
			return nil
		case entry.IsDir():
			return os.Mkdir(filepath.Join(target, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := fs.ReadFile(source, name)
		return errors.Join(err, os.WriteFile(filepath.Join(target, name), text, 0o600))
	}); err != nil {
		t.Fatal(err)
	}
	return target
}

// files lists what is under the root, and adds the sizes up.
func (i *image) files(t *testing.T, size *int64) (names []string) {
	t.Helper()
	if err := fs.WalkDir(os.DirFS(i.root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		names = append(names, name)
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() {
			*size += info.Size()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names
}

// inside is a command as the image's user runs it from the image's root, with
// nothing in the environment but what the image and whoever starts it put there.
func (i *image) inside(t *testing.T, unshare uintptr, command []string, variables ...string) *exec.Cmd {
	t.Helper()
	return &exec.Cmd{
		Path: command[0], Args: command, Dir: "/", Env: append(slices.Clone(i.environment), variables...), Stderr: os.Stderr,
		SysProcAttr: &syscall.SysProcAttr{Chroot: i.root, Credential: &i.user, Cloneflags: unshare},
	}
}

// serve starts what the image starts, until the end of the test, and gives its
// greeting.
func (i *image) serve(t *testing.T, unshare uintptr, variables ...string) string {
	t.Helper()
	program := i.inside(t, unshare, slices.Concat(i.entrypoint, i.command), variables...)
	stdout, err := program.StdoutPipe()
	if err = errors.Join(err, program.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(program.Process.Signal(syscall.SIGTERM), program.Wait()); err != nil {
			t.Error(fmt.Errorf("at the end: %w", err))
		}
	})
	_, greeting := readGreeting(t, stdout)
	return greeting
}
