package setup

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestCellFlags(t *testing.T) {
	link := "'-ldflags=-s -w -linkmode=internal'"
	tests := []struct{ user, want string }{
		{"", link},
		{"-buildvcs=false", "-buildvcs=false " + link},
		{"-mod=mod  -tags=noxla", "-tags=noxla " + link},
		{"'-ldflags=-s -X main.a=b' -v", "'-ldflags=-s -X main.a=b' -v"},
		{`"-gcflags=all=-N -l" -modfile=other.mod`, `"-gcflags=all=-N -l" ` + link},
	}
	for _, test := range tests {
		if got := cellFlags(test.user, "linux"); got != test.want {
			t.Errorf("%q became %q, want %q", test.user, got, test.want)
		}
	}
	if got := cellFlags("", "darwin"); got != "'-ldflags=-s -w'" {
		t.Errorf("on macOS %q", got)
	}
}

func TestSplitFlags(t *testing.T) {
	got := splitFlags(` -a 'b c'  "d 'e' f" 'open`)
	if want := []string{"-a", "'b c'", `"d 'e' f"`, "'open"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKernel(t *testing.T) {
	e := Environment{Bin: "/a$b/bin", Gopls: "/gopls", checkout: "/src"}
	for _, interactive := range []bool{false, true} {
		data, err := e.Kernel(interactive)
		if err != nil {
			t.Fatal(err)
		}
		var spec struct {
			Argv []string
			Env  map[string]string
		}
		if err := json.Unmarshal(data, &spec); err != nil {
			t.Fatal(err)
		}
		path := "/a$$b/bin:${PATH}"
		if interactive {
			path = "/a$$b/bin:/gopls:${PATH}"
		}
		if spec.Env["PATH"] != path {
			t.Errorf("PATH %q, want %q", spec.Env["PATH"], path)
		}
		argv := strings.Join(spec.Argv, " ")
		if argv != "/a$b/bin/lmkit-kernel {connection_file} /a$b/bin/gonb /src" {
			t.Errorf("argv %q", argv)
		}
		if spec.Env["GOMLX_NO_AUTO_INSTALL"] != "1" {
			t.Error("GoMLX may download plugins")
		}
	}
}

func TestSplitRequirements(t *testing.T) {
	entry, others := splitRequirements(requirements, pluginPackage)
	if strings.Count(entry, "\n") != 2 || !strings.Contains(entry, wheelSHA256) {
		t.Errorf("the plugin's entry is %q", entry)
	}
	if strings.Contains(others, "xla") || len(entry)+len(others) != len(requirements) {
		t.Error("an entry is lost, or in both parts")
	}
	for line := range strings.Lines(others) {
		if !strings.HasPrefix(line, " ") && !strings.Contains(line, "==") {
			t.Errorf("%q pins no version", line)
		}
	}
	if v := lockedVersion("jupyterlab"); !strings.HasPrefix(v, "4.6.") {
		t.Errorf("JupyterLab %q", v)
	}
}
