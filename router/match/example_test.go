package match_test

import (
	"fmt"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// subject is a message of type msgType that Alice sent to a group.
func subject(msgType int, content string) *match.Subject {
	body := fmt.Sprintf(`{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":%d,`+
		`"FromUserName":"10000000001@chatroom","ToUserName":"wxid_me","Content":%q}}`, msgType, "wxid_alice:\n"+content)
	e, err := callback.Decode([]byte(body))
	if err != nil {
		panic(err)
	}
	return match.NewSubject(e, nil)
}

// The matchers of a route narrow what reaches its handler; all of them must agree.
func Example() {
	s := subject(1, "请问几点开门？")
	for _, m := range []match.Matcher{
		match.Keyword("几点开门", "营业时间"), match.Exact("几点开门"), match.Prefix("请问"), match.Regexp(`几点(开|关)门`),
		match.Group(), match.Private(), match.In("10000000001@chatroom"), match.From("wxid_bob"),
	} {
		fmt.Println(m, m.Match(s))
	}
	// Output:
	// Keyword("几点开门", "营业时间") true
	// Exact("几点开门") false
	// Prefix("请问") true
	// Regexp(`几点(开|关)门`) true
	// Group() true
	// Private() false
	// In("10000000001@chatroom") true
	// From("wxid_bob") false
}

func ExampleExt() {
	sheet := subject(49, `<msg><appmsg><title>report.xlsx</title><type>6</type><appattach><totallen>20480</totallen>`+
		`<fileext>xlsx</fileext></appattach></appmsg></msg>`)
	large := match.And(match.Ext("xlsx", "xls"), match.MinSize(10<<10))
	fmt.Println(large.Match(sheet), match.MaxSize(10<<10).Match(sheet))
	// Output: true false
}

func ExampleOr() {
	open := match.Or(match.Private(), match.And(match.Group(), match.Not(match.Keyword("广告"))))
	fmt.Println(open)
	fmt.Println(open.Match(subject(1, "hello")), open.Match(subject(1, "看广告")))
	// Output:
	// Or(Private(), And(Group(), Not(Keyword("广告"))))
	// true false
}

func ExampleKind() {
	album := match.Kind(xmlmsg.KindImage, xmlmsg.KindVideo)
	fmt.Println(album, album.Match(subject(1, "hello")))
	// Output: Kind("image", "video") false
}

// A condition of your own has a name, which Explain and the conflicts of routes show.
func ExampleFunc() {
	short := match.Func("Short", func(s *match.Subject) bool { return len(s.Said()) <= 12 })
	fmt.Println(short, short.Match(subject(1, "hello")), short.Match(subject(1, "a longer message")))
	// Output: Short true false
}
