package rules_test

import (
	"fmt"

	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func ExampleNew() {
	plugin, err := rules.New([]rules.Rule{
		{Name: "hours", On: []xmlmsg.Kind{"text"}, Keyword: []string{"营业时间"}, Reply: rules.Text("9:00-18:00")},
		{
			Name: "sheets", On: []xmlmsg.Kind{"file"}, In: []string{"10000000001@chatroom"}, Ext: []string{"xlsx"},
			Forward: rules.Forward{To: []string{"30000000003@chatroom"}},
		},
	})
	fmt.Println(plugin.Name(), err) // install it with bot.Install
	// Output: rules <nil>
}
