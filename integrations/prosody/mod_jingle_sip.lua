-- mod_jingle_sip: hands the Jingle traffic of local users to an external gateway component
-- and lets that component (and only for Jingle) speak as any user.  Prosody 0.12+ / trunk.
--
--   VirtualHost "example.org"
--     modules_enabled = { "jingle_sip" }
--     jingle_sip_component = "jsip.example.org"   -- an ordinary Component block, validate_from_addresses stays true
--     jingle_sip_messages  = false                 -- XEP-0353 messages too: not before the gateway takes them
--     jingle_sip_fallback  = "error"               -- component away: "error" (503) or "pass" (normal routing)
--
-- server -> component   XEP-0355 shape:  iq/delegation/forwarded/iq     (answer: result with the user's IQ result inside,
--                                        or error feature-not-implemented = "not mine, route it normally")
-- component -> server   XEP-0356 shape:  iq/privileged_iq/iq            (answer: iq result/privilege/forwarded/iq)
--                                        message/privilege/forwarded/message
local st, jid, new_id = require "util.stanza", require "util.jid", require "util.id".short;
local full_sessions, bare_sessions, timer = prosody.full_sessions, prosody.bare_sessions, require "util.timer";

local gw        = assert(module:get_option_string("jingle_sip_component"), "jingle_sip_component missing");
local messages  = module:get_option_boolean("jingle_sip_messages", false);
local fallback  = module:get_option_string("jingle_sip_fallback", "error");
local deadline  = module:get_option_number("jingle_sip_timeout", 15);
local actions   = module:get_option_set("jingle_sip_actions", { "session-initiate", "session-accept", "session-terminate", "session-info",
	"transport-info", "source-add", "source-remove", "source-update", "content-add", "content-accept", "content-reject", "content-remove",
	"content-modify", "description-info", "transport-replace", "transport-accept", "transport-reject", "security-info" });

local JINGLE, JMI, RTP = "urn:xmpp:jingle:1", "urn:xmpp:jingle-message:0", "urn:xmpp:jingle:apps:rtp:1";
local DELEG, PRIV, FWD, CLIENT = "urn:xmpp:delegation:2", "urn:xmpp:privilege:2", "urn:xmpp:forward:0", "jabber:client";

local asked = {};    -- id of our IQ to the component -> { origin, stanza }        (an intercepted IQ)
local injected = {}; -- full JID .. "\n" .. id -> { outer = component's IQ, as = from } (an IQ sent as somebody)

local function clone_client(s) local c = st.clone(s); c.attr.xmlns = CLIENT; return c; end
local function gateway_up() local h = prosody.hosts[gw]; local m = h and h.modules and h.modules.component; return m and m.connected; end

local passed = require "util.cache".new(10000); -- sids of sessions without RTP (file transfer): none of the gateway's business
local function is_ours(jingle)
	if passed:get(jingle.attr.sid) then return false; end
	if jingle.attr.action ~= "session-initiate" then return true; end
	for c in jingle:childtags("content") do if c:get_child("description", RTP) then return true; end end
	passed:set(jingle.attr.sid, true);
	return false;
end

local function forward(origin, stanza)
	if not gateway_up() then
		if fallback == "pass" then return; end
		origin.send(st.error_reply(stanza, "wait", "service-unavailable", "The call gateway is not connected"));
		return true;
	end
	local id = "jsip-"..new_id();
	local copy = clone_client(stanza); copy.attr.from = origin.full_jid; copy.attr.to = stanza.attr.to or jid.bare(origin.full_jid);
	asked[id] = { origin = origin, stanza = st.clone(stanza) };
	timer.add_task(deadline, function ()
		local a = asked[id]; if not a then return; end asked[id] = nil;
		a.origin.send(st.error_reply(a.stanza, "wait", "remote-server-timeout", "The call gateway did not answer"));
	end);
	module:send(st.iq({ type = "set", id = id, from = module.host, to = gw })
		:tag("delegation", { xmlns = DELEG }):tag("forwarded", { xmlns = FWD }):add_child(copy));
	return true;
end

-- 1. what local users send -----------------------------------------------------------------------------------------
local function outgoing_iq(event)
	local origin, stanza = event.origin, event.stanza;
	local t = stanza.attr.type;
	if t == "result" or t == "error" then -- the answer to something that we injected?
		local key = tostring(origin.full_jid).."\n"..tostring(stanza.attr.id);
		local inj = injected[key];
		if not inj or stanza.attr.to ~= inj.as then return; end
		injected[key] = nil;
		local copy = clone_client(stanza); copy.attr.from = origin.full_jid;
		module:send(st.reply(inj.outer):tag("privilege", { xmlns = PRIV }):tag("forwarded", { xmlns = FWD }):add_child(copy));
		return true;
	end
	local jingle = stanza:get_child("jingle", JINGLE);
	if not jingle then return; end
	if event.to_self or stanza.attr.to == jid.bare(origin.full_jid) then
		if t == "get" and jingle.attr.action == "existing-session-initiate" then return forward(origin, stanza); end
	elseif t == "set" and actions:contains(jingle.attr.action) and is_ours(jingle) and jid.host(stanza.attr.to) ~= gw then
		return forward(origin, stanza);
	end
end
for _, k in ipairs { "full", "bare", "host" } do module:hook("pre-iq/"..k, outgoing_iq, 90); end -- after mod_blocklist (100)

local function outgoing_message(event)
	local origin, stanza = event.origin, event.stanza;
	if not gateway_up() or jid.host(stanza.attr.to or module.host) == gw then return; end
	local jmi; for _, tag in ipairs(stanza.tags) do if tag.attr.xmlns == JMI then jmi = tag; end end
	if not jmi then return; end
	if stanza.attr.to == nil or jid.bare(stanza.attr.to) == jid.bare(origin.full_jid) then return; end -- XEP-0353 <accept/> to self
	local copy = clone_client(stanza); copy.attr.from = origin.full_jid;
	module:send(st.message({ from = module.host, to = gw })
		:tag("delegation", { xmlns = DELEG }):tag("forwarded", { xmlns = FWD }):add_child(copy));
	return true;
end
if messages then for _, k in ipairs { "full", "bare" } do module:hook("pre-message/"..k, outgoing_message, -2); end end -- after MAM (0), carbons (-0.5)

-- 2. what the component answers and asks ------------------------------------------------------------------------------
local function answer(event)
	local stanza = event.stanza;
	if stanza.attr.from ~= gw then return; end
	local a = asked[stanza.attr.id]; if not a then return; end
	asked[stanza.attr.id] = nil;
	local inner = stanza.attr.type == "result" and stanza:find("{"..DELEG.."}delegation/{"..FWD.."}forwarded/{"..CLIENT.."}iq");
	if inner and (inner.attr.type == "result" or inner.attr.type == "error") then
		local r = st.clone(inner); r.attr.xmlns = nil; for _, tag in ipairs(r.tags) do if tag.attr.xmlns == CLIENT then tag.attr.xmlns = nil; end end
		r.attr.id, r.attr.to, r.attr.from = a.stanza.attr.id, a.origin.full_jid, a.stanza.attr.to; -- never trust the inner addresses
		a.origin.send(r);
	elseif stanza.attr.type == "error" and select(2, stanza:get_error()) == "feature-not-implemented" then
		prosody.core_post_stanza(a.origin, a.stanza, false); -- "not mine": normal routing, no pre-hooks
	else
		a.origin.send(st.error_reply(a.stanza, "cancel", "service-unavailable"));
	end
	return true;
end
module:hook("iq/host", function (event)
	local t = event.stanza.attr.type;
	if t == "result" or t == "error" then return answer(event); end
end, 10);

local function allowed(ns) return ns == JINGLE or ns == "http://jabber.org/protocol/disco#info"; end

module:hook("iq-set/host/"..PRIV..":privileged_iq", function (event)
	local origin, outer = event.origin, event.stanza;
	local inner = outer.tags[1]:get_child("iq", CLIENT);
	local function refuse(t, c, text) origin.send(st.error_reply(outer, t, c, text)); return true; end
	if outer.attr.from ~= gw or origin.type ~= "component" then return refuse("auth", "forbidden"); end
	local payload = inner and inner.tags[1];
	if not payload or #inner.tags ~= 1 or not allowed(payload.attr.xmlns) or (inner.attr.type ~= "set" and inner.attr.type ~= "get") then
		return refuse("auth", "forbidden", "only Jingle and disco#info requests");
	end
	local from, to = jid.prep(inner.attr.from), jid.prep(inner.attr.to);
	if not from or not to or jid.host(to) ~= module.host then return refuse("modify", "jid-malformed"); end
	local session = full_sessions[to];
	if not session then return refuse("wait", "recipient-unavailable"); end
	local id = "gw-"..new_id();
	local iq = st.clone(inner); iq.attr.xmlns = nil; iq.attr.from, iq.attr.to, iq.attr.id = from, to, id;
	local key = to.."\n"..id;
	injected[key] = { outer = outer, as = from };
	timer.add_task(60, function () local i = injected[key]; if i then injected[key] = nil; module:send(st.error_reply(i.outer, "wait", "remote-server-timeout")); end end);
	session.send(iq);
	return true;
end, 10);

module:hook("message/host", function (event) -- XEP-0353 as somebody; XEP-0356 message permission, narrowed to JMI
	local origin, outer = event.origin, event.stanza;
	if outer.attr.from ~= gw or origin.type ~= "component" then return; end
	local inner = outer:find("{"..PRIV.."}privilege/{"..FWD.."}forwarded/{"..CLIENT.."}message");
	if not inner then return; end
	local ok; for _, tag in ipairs(inner.tags) do if tag.attr.xmlns == JMI then ok = true; end end
	local from, to = jid.prep(inner.attr.from), jid.prep(inner.attr.to);
	if not ok or not from or not to or jid.host(to) ~= module.host then origin.send(st.error_reply(outer, "auth", "forbidden")); return true; end
	local m = st.clone(inner); m.attr.xmlns = nil; m.attr.from, m.attr.to = from, to;
	for _, tag in ipairs(m.tags) do if tag.attr.xmlns == CLIENT then tag.attr.xmlns = nil; end end
	prosody.core_post_stanza(prosody.hosts[module.host], m); -- carbons, MAM and push apply as for any incoming message
	return true;
end, 160);

module:hook("resource-unbind", function (event)
	local prefix = event.session.full_jid.."\n";
	for key, inj in pairs(injected) do if key:sub(1, #prefix) == prefix then
		injected[key] = nil; module:send(st.error_reply(inj.outer, "wait", "recipient-unavailable")); end end
end);

-- 3. who is there: presence of local users, sent to the component as XEP-0356 section 7 does (mod_privilege is not needed)
local function tell(presence) local p = st.clone(presence); p.attr.to, p.attr.xmlns = gw, nil; module:send(p); end
module:hook("presence/bare", function (event)
	local p = event.stanza;
	if not p.attr.to and (p.attr.type == nil or p.attr.type == "unavailable") and gateway_up() then tell(p); end
end, 150);
local function snapshot()
	for full, s in pairs(full_sessions) do if s.host == module.host and s.presence then tell(s.presence); end end
end
local function watch() module:hook_object_event(prosody.hosts[gw].events, "component-authenticated", snapshot); end
if prosody.hosts[gw] then watch(); else module:hook_global("host-activated", function (host) if host == gw then watch(); end end); end

-- ... and on request, with the account's existence (404 or 480)
module:hook("iq-get/host/urn:xmpp:jingle-sip:0:sessions", function (event)
	local origin, stanza = event.origin, event.stanza;
	if stanza.attr.from ~= gw then return; end
	local who = jid.bare(jid.prep(stanza.tags[1].attr.jid)); local reply = st.reply(stanza):tag("sessions", { xmlns = "urn:xmpp:jingle-sip:0", jid = who });
	local exists = jid.host(who) == module.host and require "core.usermanager".user_exists(jid.node(who), module.host);
	reply.tags[1].attr.exists = exists and "true" or "false";
	local user = bare_sessions[who];
	for res, s in pairs(user and user.sessions or {}) do if s.presence then
		local c = s.presence:get_child("c", "http://jabber.org/protocol/caps");
		reply:tag("session", { resource = res, priority = tostring(s.priority or 0), show = s.presence:get_child_text("show"),
			node = c and c.attr.node, ver = c and c.attr.ver, hash = c and c.attr.hash }):up();
	end end
	origin.send(reply);
	return true;
end);
module:add_feature("urn:xmpp:jingle-sip:0");
module:log("info", "Jingle of %s goes to %s", module.host, gw);
