package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

const (
	auditLog  = "gateway/audit" // the log of what agents have done
	auditKept = 90 * 24 * time.Hour
	maxNoted  = 200 // characters of an argument
)

// auditLine is what an agent has done. It has no text of a message.
type auditLine struct {
	ID     string            `json:"id,omitempty"`
	Time   time.Time         `json:"time"`
	Token  string            `json:"token,omitempty" doc:"The name of its token; empty without tokens."`
	Method string            `json:"method" doc:"tools/call, resources/read or prompts/get."`
	Tool   string            `json:"tool" doc:"The tool, resource or prompt."`
	With   map[string]string `json:"with,omitempty" doc:"Its arguments, without texts and files."`
	Failed bool              `json:"failed,omitempty"`
	Took   int64             `json:"took_ms"`
}

// audited is the line of a request; false if it does nothing.
func audited(req mcp.Request) (line auditLine, ok bool) {
	switch r := req.(type) {
	case *mcp.CallToolRequest:
		line.Tool = r.Params.Name
		var arguments map[string]any
		if json.Unmarshal(r.Params.Arguments, &arguments) == nil {
			line.With = noted(arguments)
		}
	case *mcp.ReadResourceRequest:
		line.Tool = r.Params.URI
	case *mcp.GetPromptRequest:
		line.Tool = r.Params.Name
	default:
		return line, false
	}
	line.Tool = shortened(line.Tool)
	return line, true
}

// noted are the arguments that may be written down. Of a text, that is its length.
func noted(arguments map[string]any) map[string]string {
	with := map[string]string{}
	for name, value := range arguments {
		switch name {
		case "chat", "to", "account", "person", "key", "id", "quote", "before", "after", "around", "as", "name", "limit", "timeout_seconds":
			with[name] = shortened(fmt.Sprint(value))
		case "text", "words", "base64", "url":
			with[name] = strconv.Itoa(len(fmt.Sprint(value))) + " bytes"
		}
	}
	return with
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxNoted {
		return string(runes[:maxNoted]) + "…"
	}
	return text
}

// note writes a line down.
func (g *Gateway) note(ctx context.Context, line auditLine) error {
	line.Time = stamp(g.h.Now())
	data, err := json.Marshal(line)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime) // a client that goes has done it nonetheless
		defer cancel()
		_, _, err = g.back.Log().Append(ctx, auditLog, store.Line{Time: line.Time, Data: data}, auditKept)
	}
	if err != nil {
		return fmt.Errorf("gateway: the log of the agents: %w", err)
	}
	g.h.Logger().Info("an agent has used a tool", zap.String("tool", line.Tool), zap.String("token", line.Token),
		zap.Bool("failed", line.Failed))
	return nil
}

func (g *Gateway) registerAudit(api huma.API) {
	huma.Register(api, g.operation(api, mayDecide, http.MethodGet, "/v1/audit", "audit", "List what agents have done",
		"Each use of a tool, the oldest first, for 90 days. For tokens of all chats.", http.StatusNotFound), g.listAudit)
}

// listAudit is GET /v1/audit.
func (g *Gateway) listAudit(ctx context.Context, in *pageInput) (*listOutput[auditLine], error) {
	if !holderOf(ctx).everywhere() {
		return nil, failed(http.StatusForbidden, "to", "the log is of all chats, and the token is not")
	}
	after, err := number(in.After)
	if err != nil {
		return nil, err
	}
	lines, err := g.back.Log().Read(ctx, auditLog, store.LineQuery{After: after, Limit: in.Limit})
	if err != nil {
		return nil, problemOf(fmt.Errorf("gateway: the log of the agents: %w", err))
	}
	out := listOf[auditLine](nil)
	for _, l := range lines {
		var x auditLine
		if err := json.Unmarshal(l.Data, &x); err != nil {
			return nil, problemOf(fmt.Errorf("gateway: the log of the agents: %w", err))
		}
		x.ID = strconv.FormatUint(l.Seq, 10)
		out.Body.Items = append(out.Body.Items, x)
	}
	if len(lines) == in.Limit {
		out.Body.Next = strconv.FormatUint(lines[len(lines)-1].Seq, 10)
	}
	return out, nil
}
