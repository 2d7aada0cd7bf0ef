// Renders a chart as `helm template` and `helm install --dry-run=client` do, for machines without helm. Only what the
// charts of this repository use: no dependencies, no library charts, no post-renderers. Messages are those of helm 3.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
)

type flags struct {
	command     string
	release     string
	chart       string
	namespace   string
	kubeVersion string
	apiVersions []string
	valueFiles  []string
	sets        []string
	upgrade     bool
}

const usage = `Usage: helm template RELEASE CHART [-f FILE]... [--set KEY=VALUE]... [--namespace NAME]
         [--kube-version VERSION] [--api-versions GROUP/VERSION]... [--is-upgrade]
       helm install RELEASE CHART --dry-run=client [the same]     prints the notes as well`

func main() {
	parsed, err := parse(os.Args[1:])
	if err == nil {
		err = run(parsed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error: "+err.Error())
		os.Exit(1)
	}
}

func parse(args []string) (flags, error) {
	parsed := flags{namespace: "default", kubeVersion: "v1.20.2"}
	var names []string
	for i := 0; i < len(args); i++ {
		arg, value := args[i], ""
		if !strings.HasPrefix(arg, "-") {
			names = append(names, arg)
			continue
		}
		if equals := strings.Index(arg, "="); equals >= 0 {
			arg, value = arg[:equals], arg[equals+1:]
		} else if arg != "--is-upgrade" {
			if i++; i == len(args) {
				return parsed, fmt.Errorf("flag needs an argument: %s\n%s", arg, usage)
			}
			value = args[i]
		}
		switch arg {
		case "-f", "--values":
			parsed.valueFiles = append(parsed.valueFiles, value)
		case "--set":
			parsed.sets = append(parsed.sets, value)
		case "--namespace", "-n":
			parsed.namespace = value
		case "--kube-version":
			parsed.kubeVersion = value
		case "--api-versions", "-a":
			parsed.apiVersions = append(parsed.apiVersions, strings.Split(value, ",")...)
		case "--is-upgrade":
			parsed.upgrade = true
		case "--dry-run":
			if value != "client" {
				return parsed, errors.New("--dry-run=client is all there is: this program reaches no cluster")
			}
		default:
			return parsed, fmt.Errorf("unknown flag: %s\n%s", arg, usage)
		}
	}
	if len(names) != 3 || (names[0] != "template" && names[0] != "install") {
		return parsed, errors.New(usage)
	}
	parsed.command, parsed.release, parsed.chart = names[0], names[1], names[2]
	return parsed, nil
}

func run(parsed flags) error {
	chart, err := loadChart(parsed.chart)
	if err != nil {
		return err
	}
	values, err := chart.valuesWith(parsed.valueFiles, parsed.sets)
	if err != nil {
		return err
	}
	if err := chart.checkSchema(values); err != nil {
		return err
	}
	capabilities, err := newCapabilities(parsed.kubeVersion, parsed.apiVersions)
	if err != nil {
		return err
	}
	if err := chart.checkKubeVersion(capabilities); err != nil {
		return err
	}
	rendered, err := render(chart, parsed, values, capabilities)
	if err != nil {
		return err
	}
	print(chart, rendered, parsed.command == "install")
	return nil
}

func print(chart *chart, rendered map[string]string, withNotes bool) {
	var names []string
	for name := range rendered {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if strings.HasSuffix(name, "NOTES.txt") {
			continue
		}
		for _, document := range strings.Split("\n"+rendered[name], "\n---") {
			if text := strings.TrimSpace(document); text != "" && hasContent(text) {
				fmt.Printf("---\n# Source: %s\n%s\n", name, text)
			}
		}
	}
	if notes := rendered[chart.Metadata.Name+"/templates/NOTES.txt"]; withNotes && notes != "" {
		fmt.Printf("\nNOTES:\n%s\n", strings.TrimSpace(notes))
	}
}

// A document of nothing but comments is none.
func hasContent(text string) bool {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return true
		}
	}
	return false
}
