package xmlmsg_test

import (
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

const report = `<msg><appmsg appid="" sdkver="0"><title>report.xlsx</title><type>6</type>` +
	`<appattach><totallen>20480</totallen><fileext>xlsx</fileext></appattach></appmsg></msg>`

func ExampleParse() {
	switch p := xmlmsg.Parse(xmlmsg.Message{Type: 49, Content: report}).(type) {
	case *xmlmsg.File:
		fmt.Println(p.Name, p.Size)
	case *xmlmsg.Raw:
		fmt.Println("not read:", p.Err)
	}
	// Output: report.xlsx 20480
}

func ExampleRewrite() {
	renamed, err := xmlmsg.Rewrite(report, xmlmsg.SetTitle("Q3 & Q4.xlsx"), xmlmsg.Remove("appmsg/appattach"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(renamed)
	// Output:
	// <msg><appmsg appid="" sdkver="0"><title>Q3 &amp; Q4.xlsx</title><type>6</type></appmsg></msg>
}

func ExampleBuild() {
	xml, err := xmlmsg.Build(&xmlmsg.Link{Title: "Tides", URL: "https://example.com/?a=1&b=2"})
	if err != nil {
		fmt.Println(err)
		return
	}
	appmsg, err := xmlmsg.AppMsg(xml) // the element that the call postAppMsg takes
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.ReplaceAll(appmsg, "><", ">\n<"))
	// Output:
	// <appmsg appid="" sdkver="0">
	// <title>Tides</title>
	// <des/>
	// <url>https://example.com/?a=1&amp;b=2</url>
	// <thumburl/>
	// <sourceusername/>
	// <sourcedisplayname/>
	// <type>5</type>
	// </appmsg>
}

func ExampleAppType() {
	fmt.Println(xmlmsg.AppType(report))
	// Output: 6
}

func ExampleParseSource() {
	s := xmlmsg.ParseSource("<msgsource><atuserlist>wxid_a,notify@all</atuserlist><membercount>9</membercount></msgsource>")
	fmt.Println(s.At, s.MemberCount)
	// Output: [wxid_a notify@all] 9
}

func ExampleParser() {
	small := xmlmsg.Parser{MaxBytes: 10}
	fmt.Println(small.Parse(xmlmsg.Message{Type: 49, Content: report}).(*xmlmsg.Raw).Err)
	// Output: xmlmsg: the XML is beyond a limit of the Parser
}
