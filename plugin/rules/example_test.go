package rules_test

import (
	"fmt"

	"github.com/hongyan-go/hongyan/plugin/rules"
)

func ExampleNew() {
	plugin, err := rules.New([]rules.Rule{
		{Name: "hours", On: "text", Keyword: []string{"营业时间"}, Reply: "9:00-18:00"},
		{
			Name: "sheets", On: "file", In: []string{"10000000001@chatroom"}, Ext: []string{"xlsx"},
			Forward: rules.Forward{To: []string{"30000000003@chatroom"}},
		},
	})
	fmt.Println(plugin.Name(), err) // install it with bot.Install
	// Output: rules <nil>
}
