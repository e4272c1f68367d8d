package llm_test

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/models"
)

func ExampleNewTool() {
	stock := llm.NewTool("stock", "How many of an article are there.", func(_ context.Context, _ llm.Caller, a struct {
		Article string `json:"article" jsonschema:"the number of the article"`
	},
	) (string, error) {
		return "17 of " + a.Article, nil
	})
	c := llm.Config{Scope: plugin.Scope{In: []string{"产品群"}}}
	c.Backend = llm.Backend{Backend: models.Backend{URL: "https://api.deepseek.com/v1", Model: "deepseek-chat"}}
	c.Tools.From, c.Tools.Own = []string{"wxid_demo_boss"}, []llm.Tool{stock}
	p, err := llm.New(c)
	fmt.Println(p.Name(), err)
	// Output: llm <nil>
}
