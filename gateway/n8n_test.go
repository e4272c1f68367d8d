package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// n8nNode is a node as n8n describes it: testdata/n8n/nodes.json has what testdata/n8n/record.mjs
// found in the package of its nodes.
type n8nNode struct {
	Type       string
	Version    float64
	Outputs    int // 0: they are computed; the nodes here have one
	Parameters []n8nParameter
}

type n8nParameter struct {
	Name, Kind string
	Required   bool
	Default    any
	Choices    []any            // values, or the names of the parts of a collection
	Show, Hide map[string][]any // values of other parameters
}

func readN8nNodes(t *testing.T) []n8nNode {
	t.Helper()
	data, err := os.ReadFile("testdata/n8n/nodes.json")
	require.NoError(t, err)
	var recorded struct {
		Package string
		Nodes   []n8nNode
	}
	require.NoError(t, json.Unmarshal(data, &recorded))
	assert.Regexp(t, `^n8n-nodes-base \d`, recorded.Package)
	return recorded.Nodes
}

// wrong are the mistakes of the parameters of a node: those that it does not have, or not together
// with the others, those that it needs, and values that it does not know.
func (n *n8nNode) wrong(given map[string]any) (list []string) {
	value := func(name string) any {
		if v, ok := given[name]; ok {
			return v
		}
		i := slices.IndexFunc(n.Parameters, func(p n8nParameter) bool { return p.Name == name })
		if i < 0 {
			return nil
		}
		return n.Parameters[i].Default
	}
	shown := func(p n8nParameter) bool {
		for name, values := range p.Show {
			if !slices.Contains(values, value(name)) {
				return false
			}
		}
		for name, values := range p.Hide {
			if slices.Contains(values, value(name)) {
				return false
			}
		}
		return true
	}
	has := map[string]bool{}
	for _, p := range n.Parameters {
		if !shown(p) {
			continue
		}
		has[p.Name] = true
		v, ok := given[p.Name]
		if p.Required && (!ok || v == "") {
			list = append(list, p.Name+" is missing")
		}
		if ok {
			list = append(list, p.unknown(v)...)
		}
	}
	for name := range given {
		if !has[name] {
			list = append(list, "there is no "+name)
		}
	}
	return list
}

// unknown are the parts of a value that its parameter does not know.
func (p *n8nParameter) unknown(value any) (list []string) {
	check := func(part any) {
		if !slices.Contains(p.Choices, part) {
			list = append(list, fmt.Sprintf("%s: there is no %v", p.Name, part))
		}
	}
	switch p.Kind {
	case "options":
		check(value)
	case "collection":
		for name := range object(value) {
			check(name)
		}
	case "fixedCollection":
		for name, rows := range object(value) {
			rows, _ := rows.([]any)
			for _, row := range rows {
				for field := range object(row) {
					check(name + "[]." + field)
				}
			}
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			list = append(list, p.Name+" is true or false")
		}
	}
	return list
}

// TestN8nRecord sees that mistakes would be found.
func TestN8nRecord(t *testing.T) {
	t.Parallel()
	nodes := readN8nNodes(t)
	request := nodes[slices.IndexFunc(nodes, func(n n8nNode) bool { return n.Type == "n8n-nodes-base.httpRequest" })]
	good := map[string]any{"method": "POST", "url": "http://a/", "sendBody": true, "specifyBody": "json", "jsonBody": "{}"}
	assert.Empty(t, request.wrong(good))
	for want, change := range map[string]map[string]any{
		"url is missing":                  {"url": ""},
		"there is no jsonBody":            {"sendBody": false, "specifyBody": nil},
		"there is no body":                {"body": "x"},
		"specifyBody: there is no string": {"specifyBody": "string"},
		"method: there is no POTS":        {"method": "POTS"},
		"genericAuthType is missing":      {"authentication": "genericCredentialType"},
		"options: there is no retries":    {"options": map[string]any{"retries": 3}},
		"sendHeaders is true or false":    {"sendHeaders": "yes"},
		"headerParameters: there is no parameters[].key": {"sendHeaders": true, "headerParameters": map[string]any{
			"parameters": []any{map[string]any{"key": "a", "value": "b"}},
		}},
	} {
		given := maps.Clone(good)
		for name, v := range change {
			if given[name] = v; v == nil {
				delete(given, name)
			}
		}
		assert.Contains(t, request.wrong(given), want)
	}
}

// TestN8nWorkflow checks that n8n would import the workflow: its nodes, their versions and
// parameters, and that each way through it ends with an answer.
func TestN8nWorkflow(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(examples + "n8n/answer.json")
	require.NoError(t, err)
	var flow struct {
		Name  string
		Nodes []struct {
			ID, Name, Type, WebhookID string
			TypeVersion               float64
			Position                  []float64
			Parameters                map[string]any
			Credentials               map[string]any
		}
		Connections map[string]struct {
			Main [][]struct {
				Node, Type string
				Index      int
			}
		}
		Settings map[string]any
	}
	require.NoError(t, json.Unmarshal(text, &flow))
	assert.NotEmpty(t, flow.Name)
	assert.Equal(t, "v1", flow.Settings["executionOrder"])
	assert.NotContains(t, string(text), "$env", "n8n 2 blocks it")
	uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	nodes := readN8nNodes(t)
	types, ids, outputs := map[string]string{}, map[string]bool{}, map[string]int{}
	var begin string
	for _, n := range flow.Nodes {
		i := slices.IndexFunc(nodes, func(x n8nNode) bool { return x.Type == n.Type && x.Version == n.TypeVersion })
		require.GreaterOrEqual(t, i, 0, "%s %v: record it with testdata/n8n/record.mjs", n.Type, n.TypeVersion)
		assert.Empty(t, nodes[i].wrong(n.Parameters), n.Name)
		outputs[n.Name] = max(1, nodes[i].Outputs)
		assert.Regexp(t, uuid, n.ID, n.Name)
		assert.Len(t, n.Position, 2, n.Name)
		assert.Empty(t, n.Credentials, "%s: who imports it chooses their own", n.Name)
		assert.NotContains(t, types, n.Name, "connections go by the name")
		assert.False(t, ids[n.ID], n.ID)
		types[n.Name], ids[n.ID] = n.Type, true
		if n.Type == "n8n-nodes-base.webhook" {
			assert.Empty(t, begin, "it has one beginning")
			begin = n.Name
			assert.Regexp(t, uuid, n.WebhookID)
			assert.Equal(t, "responseNode", n.Parameters["responseMode"])
		}
	}
	require.NotEmpty(t, begin)
	seen := map[string]bool{}
	var follow func(name string)
	follow = func(name string) {
		require.False(t, seen[name], "%s: two ways lead there", name)
		seen[name] = true
		ways := flow.Connections[name].Main
		if len(ways) == 0 {
			assert.Equal(t, "n8n-nodes-base.respondToWebhook", types[name], "%s ends without an answer", name)
			return
		}
		assert.Len(t, ways, outputs[name], name)
		for _, next := range ways {
			require.Len(t, next, 1, name)
			assert.Equal(t, "main", next[0].Type)
			assert.Zero(t, next[0].Index)
			require.Contains(t, types, next[0].Node, name)
			follow(next[0].Node)
		}
	}
	follow(begin)
	assert.Len(t, seen, len(flow.Nodes), "a node that no way leads to")
	for name := range flow.Connections {
		assert.Contains(t, types, name)
	}
}
