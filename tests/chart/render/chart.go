package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

type metadata struct {
	APIVersion  string            `json:"apiVersion"`
	Name        string            `json:"name"`
	Version     string            `json:"version"`
	AppVersion  string            `json:"appVersion"`
	KubeVersion string            `json:"kubeVersion"`
	Description string            `json:"description"`
	Type        string            `json:"type"`
	Home        string            `json:"home"`
	Keywords    []string          `json:"keywords"`
	Sources     []string          `json:"sources"`
	Annotations map[string]string `json:"annotations"`
}

type chart struct {
	Metadata  metadata
	values    map[string]interface{}
	schema    []byte
	templates map[string]string
	files     files
}

func loadChart(folder string) (*chart, error) {
	loaded := &chart{templates: map[string]string{}, files: files{}}
	text, err := os.ReadFile(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, fmt.Errorf("Chart.yaml file is missing")
	}
	if err := yaml.UnmarshalStrict(text, &loaded.Metadata); err != nil {
		return nil, fmt.Errorf("cannot load Chart.yaml: %w", err)
	}
	err = filepath.Walk(folder, func(file string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		switch {
		case name == "Chart.yaml":
		case name == "values.yaml":
			return yaml.Unmarshal(text, &loaded.values)
		case name == "values.schema.json":
			loaded.schema = text
		case strings.HasPrefix(name, "templates/"):
			loaded.templates[path.Join(loaded.Metadata.Name, name)] = string(text)
		default:
			loaded.files[name] = text
		}
		return nil
	})
	return loaded, err
}

// The chart's values with those of the files and then of the command line over them. A null takes a value away.
func (c *chart) valuesWith(valueFiles, sets []string) (map[string]interface{}, error) {
	given := map[string]interface{}{}
	for _, file := range valueFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var values map[string]interface{}
		if err := yaml.Unmarshal(text, &values); err != nil {
			return nil, fmt.Errorf("failed to parse %s: %w", file, err)
		}
		given = merge(given, values)
	}
	for _, set := range sets {
		parts := strings.SplitN(set, "=", 2)
		if len(parts) != 2 {
			return nil, fmt.Errorf("failed parsing --set data: key %q has no value", set)
		}
		var value interface{}
		if err := yaml.Unmarshal([]byte(parts[1]), &value); err != nil {
			return nil, err
		}
		keys := strings.Split(parts[0], ".")
		for i := len(keys) - 1; i >= 0; i-- {
			value = map[string]interface{}{keys[i]: value}
		}
		given = merge(given, value.(map[string]interface{}))
	}
	return withoutNulls(c.values, merge(c.values, given)), nil
}

func merge(under, over map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range under {
		merged[key] = value
	}
	for key, value := range over {
		if table, ok := value.(map[string]interface{}); ok {
			if below, ok := merged[key].(map[string]interface{}); ok {
				value = merge(below, table)
			}
		}
		merged[key] = value
	}
	return merged
}

// A null in the given values takes away what the chart has there; one in the chart itself is a value.
func withoutNulls(own, values map[string]interface{}) map[string]interface{} {
	for key, value := range values {
		mine, isOwn := own[key]
		if table, ok := value.(map[string]interface{}); ok {
			below, _ := mine.(map[string]interface{})
			withoutNulls(below, table)
		} else if value == nil && isOwn && mine != nil {
			delete(values, key)
		}
	}
	return values
}

func (c *chart) checkSchema(values map[string]interface{}) error {
	if c.schema == nil {
		return nil
	}
	text, err := yaml.Marshal(values)
	if err != nil {
		return err
	}
	if text, err = yaml.YAMLToJSON(text); err != nil {
		return err
	}
	if bytes.Equal(text, []byte("null")) {
		text = []byte("{}")
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(c.schema), gojsonschema.NewBytesLoader(text))
	if err != nil {
		return fmt.Errorf("unable to validate schema: %w", err)
	}
	if result.Valid() {
		return nil
	}
	message := "values don't meet the specifications of the schema(s) in the following chart(s):\n" + c.Metadata.Name + ":\n"
	for _, problem := range result.Errors() {
		message += fmt.Sprintf("- %s\n", problem)
	}
	return fmt.Errorf("%s", message)
}

func (c *chart) checkKubeVersion(capabilities capabilities) error {
	if c.Metadata.KubeVersion == "" {
		return nil
	}
	constraint, err := semver.NewConstraint(c.Metadata.KubeVersion)
	if err != nil {
		return err
	}
	version, err := semver.NewVersion(capabilities.KubeVersion.Version)
	if err != nil {
		return err
	}
	if !constraint.Check(version) {
		return fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			c.Metadata.KubeVersion, capabilities.KubeVersion.Version)
	}
	return nil
}

// What .Files offers.
type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, text := range f {
		if matches, _ := path.Match(pattern, name); matches {
			found[name] = text
		}
	}
	return found
}

func (f files) AsConfig() string {
	table := map[string]string{}
	for name, text := range f {
		table[path.Base(name)] = string(text)
	}
	return toYaml(table)
}

func (f files) AsSecrets() string {
	table := map[string]string{}
	for name, text := range f {
		table[path.Base(name)] = base64.StdEncoding.EncodeToString(text)
	}
	return toYaml(table)
}
