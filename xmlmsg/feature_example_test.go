package xmlmsg_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// An answer that quotes a message of a group.
func ExampleQuoteOf() {
	q := xmlmsg.QuoteOf("tomorrow at nine", xmlmsg.Refer{
		NewMsgID: 7000000000000000001, Sender: "wxid_alice", Name: "Alice", Chat: "10000000001@chatroom", Type: 1,
		Content: "when does the ship leave?",
	})
	content, err := xmlmsg.Build(q)
	fmt.Println(strings.Contains(content, "<title>tomorrow at nine</title>"), err)
	p := xmlmsg.Parse(xmlmsg.Message{Type: 49, Content: content}).(*xmlmsg.Quote)
	fmt.Println(p.Text, "→", p.Refer.Content)
	// Output:
	// true <nil>
	// tomorrow at nine → when does the ship leave?
}

// What the call downloadCdn needs to fetch the file of a message. Printing it shows no secret.
func ExampleMedia() {
	file := xmlmsg.Parse(xmlmsg.Message{Type: 49, Content: `<msg><appmsg><title>report.xlsx</title><type>6</type><appattach>` +
		`<totallen>20480</totallen><fileext>xlsx</fileext><cdnattachurl>3057020100</cdnattachurl>` +
		`<aeskey>00112233445566778899aabbccddeeff</aeskey></appattach></appmsg></msg>`})
	ref, err := xmlmsg.Media(file)
	fmt.Println(ref.Type, ref.Size, ref.Suffix, err)
	_, err = xmlmsg.Media(&xmlmsg.Text{Body: "hello"})
	fmt.Println(err)
	// Output:
	// 5 20480 xlsx <nil>
	// xmlmsg: the message has no media on the cdn
}

func ExampleNewMediaReader() {
	key, err := xmlmsg.ParseMediaKey("00112233445566778899aabbccddeeff")
	if err != nil {
		fmt.Println(err)
		return
	}
	damaged := bytes.Repeat([]byte{1}, 32) // as the cdn sends it; here under another key
	r, err := xmlmsg.NewMediaReader(bytes.NewReader(damaged), key)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = io.ReadAll(r)
	fmt.Println(errors.Is(err, xmlmsg.ErrPadding))
	// Output: true
}

func ExampleParseID() {
	fmt.Println(xmlmsg.ParseID("2.2797797619694e+18"), xmlmsg.ParseID("12.5"), xmlmsg.ParseID("18446744073709551616"))
	// Output: 2279779761969400000 0 0
}

func ExampleParseInt() {
	fmt.Println(xmlmsg.ParseInt("1.79e+09"), xmlmsg.ParseInt("-12.9"), xmlmsg.ParseInt("soon"))
	// Output: 1790000000 -12 0
}
