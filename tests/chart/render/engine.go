package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

// As in helm: they mark the message of `fail` and `required` inside what text/template makes of it.
const (
	messageStart = "HELM_ERR_START"
	messageEnd   = "HELM_ERR_END"
	maxDepth     = 1000
)

func fmtUint(value uint64) string { return strconv.FormatUint(value, 10) }

func render(chart *chart, parsed flags, values map[string]interface{}, capabilities capabilities) (map[string]string, error) {
	root := template.New("gotpl").Option("missingkey=zero")
	root.Funcs(functions(root))
	var names []string
	for name, text := range chart.templates {
		names = append(names, name)
		if _, err := root.New(name).Parse(text); err != nil {
			return nil, fmt.Errorf("parse error at %s", strings.TrimPrefix(err.Error(), "template: "))
		}
	}
	sort.Strings(names)
	rendered := map[string]string{}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		context := map[string]interface{}{
			"Values":       values,
			"Chart":        chart.Metadata,
			"Capabilities": capabilities,
			"Files":        chart.files,
			"Release": map[string]interface{}{
				"Name": parsed.release, "Namespace": parsed.namespace, "Service": "Helm", "Revision": 1,
				"IsInstall": !parsed.upgrade, "IsUpgrade": parsed.upgrade,
			},
			"Template": map[string]interface{}{"Name": name, "BasePath": path.Join(chart.Metadata.Name, "templates")},
		}
		var out strings.Builder
		if err := root.ExecuteTemplate(&out, name, context); err != nil {
			return nil, readable(err)
		}
		// missingkey=zero prints this for what is missing in a map of interfaces.
		rendered[name] = strings.ReplaceAll(out.String(), "<no value>", "")
	}
	return rendered, nil
}

// The author's own words where there are any, else everything that text/template says.
func readable(err error) error {
	text := err.Error()
	start, end := strings.Index(text, messageStart), strings.LastIndex(text, messageEnd)
	if start < 0 || end < start {
		return err
	}
	place := strings.SplitN(text, ": ", 3)
	if len(place) < 2 {
		return err
	}
	return fmt.Errorf("execution error at (%s): %s", place[1], text[start+len(messageStart):end])
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	depth := map[string]int{}
	all["toYaml"] = toYaml
	all["fromYaml"] = func(text string) map[string]interface{} {
		table := map[string]interface{}{}
		if err := yaml.Unmarshal([]byte(text), &table); err != nil {
			table["Error"] = err.Error()
		}
		return table
	}
	all["fromYamlArray"] = func(text string) []interface{} {
		list := []interface{}{}
		if err := yaml.Unmarshal([]byte(text), &list); err != nil {
			list = []interface{}{err.Error()}
		}
		return list
	}
	all["toJson"] = func(value interface{}) string {
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
	all["fromJson"] = func(text string) map[string]interface{} {
		table := map[string]interface{}{}
		if err := json.Unmarshal([]byte(text), &table); err != nil {
			table["Error"] = err.Error()
		}
		return table
	}
	// Without a cluster helm finds nothing either.
	all["lookup"] = func(_, _, _, _ string) map[string]interface{} { return map[string]interface{}{} }
	all["fail"] = func(message string) (string, error) {
		return "", errors.New(messageStart + message + messageEnd)
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, isText := value.(string); value == nil || (isText && text == "") {
			return value, errors.New(messageStart + message + messageEnd)
		}
		return value, nil
	}
	all["include"] = func(name string, data interface{}) (string, error) {
		if depth[name] > maxDepth {
			return "", fmt.Errorf("rendering template has a nested reference name: %s", name)
		}
		depth[name]++
		defer func() { depth[name]-- }()
		var out strings.Builder
		err := root.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	all["tpl"] = func(text string, data interface{}) (string, error) {
		clone, err := root.Clone()
		if err != nil {
			return "", err
		}
		one, err := clone.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var out strings.Builder
		err = one.Execute(&out, data)
		return strings.ReplaceAll(out.String(), "<no value>", ""), err
	}
	return all
}

func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}
