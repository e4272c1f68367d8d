package gateway_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// n8nNodes are the nodes that the workflow uses, as n8n describes them: their versions, parameters
// and outputs, and the values of parameters that are chosen from a list.
var n8nNodes = map[string]struct { //nolint:gochecknoglobals // a constant
	versions   []float64
	needs, has []string
	outputs    int
	choices    map[string][]any
}{
	"n8n-nodes-base.webhook": {
		versions: []float64{1, 1.1, 2, 2.1}, needs: []string{"httpMethod", "path", "responseMode"},
		has: []string{"options", "authentication"}, outputs: 1, choices: map[string][]any{
			"httpMethod":   {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"},
			"responseMode": {"onReceived", "lastNode", "responseNode", "streaming"},
		},
	},
	"n8n-nodes-base.if": {
		versions: []float64{2, 2.1, 2.2, 2.3}, needs: []string{"conditions"}, has: []string{"options", "looseTypeValidation"}, outputs: 2,
	},
	"n8n-nodes-base.httpRequest": {
		versions: []float64{4, 4.1, 4.2, 4.3}, needs: []string{"method", "url"}, has: []string{
			"authentication", "genericAuthType", "sendHeaders", "specifyHeaders", "headerParameters", "sendBody", "contentType",
			"specifyBody", "jsonBody", "options",
		}, outputs: 1, choices: map[string][]any{
			"authentication": {"none", "predefinedCredentialType", "genericCredentialType"}, "specifyBody": {"keypair", "json", "string"},
			"genericAuthType": {"httpBasicAuth", "httpBearerAuth", "httpHeaderAuth", "httpQueryAuth", "httpCustomAuth"},
		},
	},
	"n8n-nodes-base.respondToWebhook": {
		versions: []float64{1, 1.1, 1.2, 1.3, 1.4, 1.5}, needs: []string{"respondWith"},
		has: []string{"responseBody", "options"}, outputs: 1, choices: map[string][]any{
			"respondWith": {"allIncomingItems", "binary", "firstIncomingItem", "json", "jwt", "noData", "redirect", "text"},
		},
	},
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
	types, ids := map[string]string{}, map[string]bool{}
	var begin string
	for _, n := range flow.Nodes {
		about, known := n8nNodes[n.Type]
		require.True(t, known, n.Type)
		assert.Contains(t, about.versions, n.TypeVersion, n.Name)
		assert.Regexp(t, uuid, n.ID, n.Name)
		assert.Len(t, n.Position, 2, n.Name)
		assert.Empty(t, n.Credentials, "%s: who imports it chooses their own", n.Name)
		assert.NotContains(t, types, n.Name, "connections go by the name")
		assert.False(t, ids[n.ID], n.ID)
		types[n.Name], ids[n.ID] = n.Type, true
		for _, name := range about.needs {
			assert.NotEmpty(t, n.Parameters[name], "%s: %s", n.Name, name)
		}
		for name, value := range n.Parameters {
			known := slices.Contains(about.needs, name) || slices.Contains(about.has, name)
			assert.True(t, known, "%s: there is no parameter %s", n.Name, name)
			if choices, ok := about.choices[name]; ok {
				assert.Contains(t, choices, value, "%s: %s", n.Name, name)
			}
		}
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
		outputs := flow.Connections[name].Main
		if len(outputs) == 0 {
			assert.Equal(t, "n8n-nodes-base.respondToWebhook", types[name], "%s ends without an answer", name)
			return
		}
		assert.Len(t, outputs, n8nNodes[types[name]].outputs, name)
		for _, next := range outputs {
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
