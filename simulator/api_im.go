package simulator

// imEndpoints is the module "im": people of WeCom, of whom there is one.
func imEndpoints() []endpoint {
	return []endpoint{
		{path: "/im/search", title: "搜索企微好友"},
		{path: "/im/add", title: "添加企微好友", handle: noted},
	}
}
