-- mod_jingle_sip: delegates the Jingle calls of a host's users to a gateway component, and lets the component send Jingle
-- on their behalf. For Prosody 0.12 and newer.
--
--   VirtualHost "example.org"
--     modules_enabled = { "jingle_sip" }
--     jingle_sip_component = "sip.example.org"  -- an ordinary Component; validate_from_addresses stays as it is
--     jingle_sip_messages  = true               -- Jingle Message Initiation (XEP-0353) too
--     jingle_sip_fallback  = "error"            -- while the gateway is not connected: "error" (503) or "pass" (route as usual)
--     jingle_sip_timeout   = 15                 -- seconds for the gateway to answer
--     jingle_sip_speaks_as = { }                -- further domains that the gateway may send as: those of phones
--
-- Server and gateway use the elements of XEP-0355 (delegation) and XEP-0356 (privileged entity), but also for full JIDs;
-- the module for ejabberd is compatible:
--
--   server -> gateway   iq set: delegation/forwarded/iq     a user's IQ: Jingle, and disco#info to a phone's device;
--                                                           answered by a result with the user's answer inside, or by
--                                                           feature-not-implemented: "not mine, route it"
--   gateway -> server   iq set: privileged_iq/iq           to be sent on a user's behalf; the result has the device's answer
--   server -> gateway   message: delegation/forwarded/message   a Jingle Message of a user
--   gateway -> server   message: privilege/forwarded/message    ... and on a user's behalf
--   server -> gateway   message: privilege/forwarded/message    the error response to such a message
--   server -> gateway   presence                            of every session, repeated when the gateway connects: only
--                                                           priority and caps (XEP-0115)
--
-- Rules: only the configured component, over its own connection, may send on behalf of others: as an address of its own, as a
-- user of this host, as the domains of `jingle_sip_speaks_as`, and in a user's call as the address called; only Jingle,
-- disco#info and Jingle Messages, only to users of this host. The addresses of an answer are those of its request,
-- whatever it contains. Blocking applies in both directions. Not delegated, for the whole session: file transfer (sessions
-- without RTP), sessions begun while the gateway was away and calls passed, sessions from other servers, and a user's
-- stanzas to their own account, except in a call begun by the gateway, since a phone may have the user's own address. A
-- stanza that opens a call is always delegated while the gateway is there: no sid can bypass it.
-- Bounds: sessions as in `shares_of`, the oldest are dropped; pending requests: `MOST` in each direction, of these
-- `MOST_OF_USER` of one user, further ones are refused. The sessions outlive a reload of the module.

local st = require "util.stanza";
local jid = require "util.jid";
local new_id = require "util.id".medium;
local cache = require "util.cache";
local dataforms = require "util.dataforms";
local timer = require "util.timer";
local sha1 = require "util.hashes".sha1;
local user_exists = require "core.usermanager".user_exists;
local bare_sessions, full_sessions = prosody.bare_sessions, prosody.full_sessions;

local MODULE = "urn:xmpp:jingle-sip:0";
local JINGLE = "urn:xmpp:jingle:1";
local RTP = "urn:xmpp:jingle:apps:rtp:1";
local MESSAGES = "urn:xmpp:jingle-message:0";
local HINTS = "urn:xmpp:hints";
local NICK = "http://jabber.org/protocol/nick";
local DISCO = "http://jabber.org/protocol/disco#info";
local CAPS = "http://jabber.org/protocol/caps";
local DELEGATION = "urn:xmpp:delegation:2";
local PRIVILEGE = "urn:xmpp:privilege:2";
local FORWARD = "urn:xmpp:forward:0";
local CLIENT = "jabber:client";

local PHONE = "sip"; -- the resource of a phone as a device, from which the gateway answers proposals
local MOST = 10000;
local MOST_OF_DOMAIN = 1000;
local MOST_OF_USER = 100;
local SPOKEN_TIMEOUT = 60;

local gateway = jid.prep(module:get_option_string("jingle_sip_component"));
local messages = module:get_option_boolean("jingle_sip_messages", true);
local fallback = module:get_option_string("jingle_sip_fallback", "error");
local timeout = module:get_option_number("jingle_sip_timeout", 15);
local speaks_as = module:get_option_set("jingle_sip_speaks_as", {}) / jid.prep;
assert(gateway and gateway ~= module.host, "jingle_sip_component must be the domain of the gateway's Component");
assert(fallback == "error" or fallback == "pass", "jingle_sip_fallback must be \"error\" or \"pass\"");
assert(timeout and timeout > 0, "jingle_sip_timeout must be a number of seconds");

-- The gateway's component, and its connection (mod_component).
local function component()
	local host = prosody.hosts[gateway];
	return host and host.modules and host.modules.component;
end

local function is_up()
	local there = component();
	return there and there.connected;
end

-- Whether a stanza came over the gateway's own connection: others may use any address with validate_from_addresses = false.
local function is_gateway(event)
	local there = component();
	return event.stanza.attr.from == gateway and there and there.session == event.origin;
end

-- Whether a host delegates its users' calls to the same gateway.
local function is_its(host)
	local there = prosody.hosts[host];
	return there and there.modules and there.modules.jingle_sip
		and jid.prep(module:context(host):get_option_string("jingle_sip_component")) == gateway;
end

-- Addresses the gateway may send as; including users of another host that delegates to the same gateway.
local function may_be(address)
	local host = jid.host(address);
	return host == gateway or speaks_as:contains(host) or jid.node(address) and is_its(host);
end

-- Pending requests by id, each in the share of its user; past the bounds none is accepted.

local function questions()
	local waiting, shares = cache.new(MOST, false), {};
	local function take(id)
		local question = waiting:get(id);
		if not question then return nil; end
		waiting:set(id, nil);
		local left = shares[question.user] - 1;
		shares[question.user] = left > 0 and left or nil;
		timer.stop(question.timer);
		return question;
	end
	local function ask(id, question, seconds, on_silence)
		local share = shares[question.user] or 0;
		if share >= MOST_OF_USER or not waiting:set(id, question) then return false; end
		shares[question.user] = share + 1;
		question.timer = timer.add_task(seconds, function ()
			if waiting:get(id) ~= question then return; end
			take(id);
			on_silence(question);
		end);
		return true;
	end
	return ask, take;
end

local ask_gateway, take_asked = questions(); -- from a user: { user, origin, stanza }
local ask_device, take_spoken = questions(); -- from the gateway, on behalf of an address: { user, outer, as, to, session }

-- Wrappers, and their contents

local function wrapped(outer, name, namespace, stanza)
	local inside = st.clone(stanza);
	inside.attr.xmlns = CLIENT;
	return outer:tag(name, { xmlns = namespace }):tag("forwarded", { xmlns = FORWARD }):add_child(inside);
end

-- A stanza taken out of its wrapper: without the namespaces needed there.
local function unwrapped(inside)
	local stanza = st.clone(inside);
	stanza.attr.xmlns = nil;
	for _, tag in ipairs(stanza.tags) do
		if tag.attr.xmlns == CLIENT then tag.attr.xmlns = nil; end
	end
	return stanza;
end

-- Owners of sessions. "ours": begun by the gateway, whatever its party's address; "other": carries no call; "aside": a call
-- that is not delegated; "ended": one of the latter two, for which only Jingle Messages (finish) still bypass the gateway.
-- Unknown sessions and "taken" are the gateway's. The key is the sid and both parties, so that nobody can affect the sessions
-- of others.

local sessions = {}; -- by key: { as, shares, place }
local shares = {}; -- by name: the keys of the sessions, the newest first
local last_place = 0;

-- The shares of a session, each with its size, the smallest first, which makes room for its own: nobody displaces the
-- sessions of others. Sessions opened by strangers with the host's users are separate from those opened by the users, and
-- each domain has a share of them; sessions opened by the gateway are separate, too.
local function shares_of(from, to)
	local host = jid.host(from);
	if host == module.host then return { { "by "..jid.bare(from), MOST_OF_USER }, { "by", MOST } }; end
	if host == gateway then return { { "gateway with "..jid.bare(to), MOST_OF_USER }, { "gateway", MOST } }; end
	return { { "with "..jid.bare(to), MOST_OF_USER }, { "from "..host, MOST_OF_DOMAIN }, { "strangers", MOST } };
end

local function forget(key)
	local session = sessions[key];
	if not session then return; end
	sessions[key] = nil;
	for _, of in ipairs(session.shares) do
		local name, share = of[1], shares[of[1]];
		share:set(key, nil);
		if share:count() == 0 then shares[name] = nil; end
	end
end

local function set(key, as, of)
	forget(key);
	if not as then return; end
	for _, one in ipairs(of) do
		local share, most = shares[one[1]], one[2];
		if share and share:count() >= most then forget(share:tail()); end
	end
	for _, one in ipairs(of) do
		local name, most = one[1], one[2];
		shares[name] = shares[name] or cache.new(most, false);
		shares[name]:set(key, true);
	end
	last_place = last_place + 1;
	sessions[key] = { as = as, shares = of, place = last_place };
end

-- A reload of the module keeps the sessions.
function module.save()
	local saved = {};
	for key, session in pairs(sessions) do
		saved[#saved + 1] = { key = key, as = session.as, shares = session.shares, place = session.place };
	end
	table.sort(saved, function (one, other) return one.place < other.place; end);
	return { sessions = saved };
end

function module.restore(saved)
	for _, session in ipairs(saved.sessions or {}) do set(session.key, session.as, session.shares); end
end

-- A sid may be as long as a stanza: its hash is the key.
local function key_of(from, to, element)
	local one, other = jid.bare(from), jid.bare(to);
	if one > other then one, other = other, one; end
	return one.."\n"..other.."\n"..sha1(tostring(element.attr.sid or element.attr.id));
end

local function whose(from, to, element)
	local session = sessions[key_of(from, to, element)];
	return session and session.as ~= "taken" and session.as;
end

-- Whether the user has called this address in this session: then the gateway answers as that address.
local function has_called(user, other, element)
	local session = sessions[key_of(user, other, element)];
	return session and session.as == "taken";
end

local function has_rtp(contents)
	for _, content in ipairs(contents) do
		if content:get_child("description", RTP) then return true; end
	end
	return false;
end

-- What an element opens: "call", "other" (file transfer), or nothing.
local function opens(element)
	if element.name == "propose" then return has_rtp({ element }) and "call" or "other"; end
	if element.name ~= "jingle" or element.attr.action ~= "session-initiate" then return nil; end
	return has_rtp(element.tags) and "call" or "other";
end

-- Whether an element turns a session without a call into a call.
local function adds_call(element)
	return element.name == "jingle" and element.attr.action == "content-add" and has_rtp(element.tags);
end

-- Records the session that an element opens; sessions begun by the gateway stay its own.
local function remember(from, to, element, as)
	if opens(element) and whose(from, to, element) ~= "ours" then
		set(key_of(from, to, element), as, shares_of(from, to));
	end
end

-- A session that was left alone has ended.
local function note_end(from, to, element)
	if element.attr.action ~= "session-terminate" then return; end
	local key = key_of(from, to, element);
	local left = sessions[key];
	if left and (left.as == "aside" or left.as == "other") then set(key, "ended", left.shares); end
end

local function jingle_message(stanza)
	for _, tag in ipairs(stanza.tags) do
		if tag.attr.xmlns == MESSAGES then return tag; end
	end
end

-- 1. Stanzas from the host's users

-- A call to an address that the gateway may not send as is remembered, since the gateway answers as that address.
local function taken(to) return not may_be(to) and "taken" or nil; end

local function refuse(origin, stanza, condition, text)
	origin.send(st.error_reply(stanza, "wait", condition, text));
	return true;
end

-- Whether the gateway handles it: always if it opens a call, otherwise unless the session is left alone.
local function is_carried(from, to, element)
	local opened, of = opens(element), whose(from, to, element);
	if opened == "call" or of == "ours" then return true; end
	if adds_call(element) then return of ~= "aside"; end
	if of == "ended" and not opened then return element.name == "jingle"; end
	return opened ~= "other" and not of;
end

-- Whether it is for others and handled by the gateway. If not, the session is recorded as left alone, or as ended.
local function is_taken(from, to, element)
	if jid.host(to) == gateway then return false; end
	if jid.bare(to) == jid.bare(from) then return whose(from, to, element) == "ours"; end
	if is_carried(from, to, element) then return true; end
	remember(from, to, element, "other");
	note_end(from, to, element);
	return false;
end

local function hand_over_iq(origin, stanza)
	local id = "jsip-"..new_id();
	local question = { user = jid.bare(stanza.attr.from), origin = origin, stanza = stanza };
	local asked = ask_gateway(id, question, timeout, function ()
		refuse(origin, stanza, "remote-server-timeout", "The call gateway did not answer");
	end);
	if not asked then return refuse(origin, stanza, "resource-constraint", "Too many calls at once"); end
	module:send(wrapped(st.iq({ type = "set", id = id, from = module.host, to = gateway }), "delegation", DELEGATION, stanza));
	return true;
end

-- The stanza for the gateway: with both addresses.
local function addressed(origin, stanza)
	local copy = st.clone(stanza);
	copy.attr.from = origin.full_jid;
	copy.attr.to = stanza.attr.to or jid.bare(origin.full_jid);
	return copy;
end

local function outgoing_iq(event)
	local origin, stanza = event.origin, event.stanza;
	local jingle = stanza:get_child("jingle", JINGLE);
	if origin.type ~= "c2s" or not jingle then return; end
	local iq = addressed(origin, stanza);
	local from, to, type = iq.attr.from, iq.attr.to, iq.attr.type;
	-- of the stanzas to the user's own account, the query for a ringing call is the gateway's
	local own = type == "get" and jid.bare(to) == jid.bare(from) and jingle.attr.action == "existing-session-initiate";
	if not own and not (type == "set" and is_taken(from, to, jingle)) then return; end
	if is_up() then
		remember(from, to, jingle, taken(to));
		return hand_over_iq(origin, iq);
	end
	if fallback == "error" then
		return refuse(origin, stanza, "service-unavailable", "The call gateway is not connected");
	end
	remember(from, to, jingle, "aside");
end

for _, to in ipairs { "full", "bare", "host" } do
	module:hook("pre-iq/"..to, outgoing_iq, 90); -- after mod_blocklist (100)
end

-- Only the gateway knows the features of a phone's device; clients query them before they act on its proceed.
local function asked_of_phone(event)
	local origin, stanza = event.origin, event.stanza;
	local to = stanza.attr.to;
	if origin.type ~= "c2s" or stanza.attr.type ~= "get" or not stanza:get_child("query", DISCO) then return; end
	if jid.resource(to) ~= PHONE or full_sessions[to] or jid.host(to) == gateway or not is_up() then return; end
	return hand_over_iq(origin, addressed(origin, stanza));
end

module:hook("pre-iq/full", asked_of_phone, 90);

local function outgoing_message(event)
	local origin, stanza = event.origin, event.stanza;
	local element = origin.type == "c2s" and stanza.attr.type ~= "error" and jingle_message(stanza);
	if not element then return; end
	local message = addressed(origin, stanza);
	local from, to = message.attr.from, message.attr.to;
	if not is_taken(from, to, element) then return; end
	if is_up() then
		remember(from, to, element, taken(to));
		module:send(wrapped(st.message({ from = module.host, to = gateway }), "delegation", DELEGATION, message));
		return true;
	end
	if fallback == "pass" then
		remember(from, to, element, "aside");
	elseif element.name == "propose" then -- no other message gets an error
		return refuse(origin, stanza, "service-unavailable", "The call gateway is not connected");
	end
end

if messages then
	for _, to in ipairs { "full", "bare" } do
		module:hook("pre-message/"..to, outgoing_message, -2); -- after mod_mam (0) and mod_carbons (-0.5), which must see it
	end
end

-- Stanzas to a user from another server bypass the gateway, unless they are the gateway's. Those to nobody are not
-- remembered: there are more names than sessions.
local function incoming(event)
	local stanza = event.stanza;
	local from, to = stanza.attr.from, stanza.attr.to;
	local element = stanza.attr.type ~= "error" and (stanza:get_child("jingle", JINGLE) or jingle_message(stanza));
	if not element or not from or jid.host(from) == module.host then return; end
	if not bare_sessions[jid.bare(to)] and not user_exists(jid.node(to), module.host) then return; end
	remember(from, to, element, "aside");
	note_end(from, to, element);
end

for _, kind in ipairs { "iq/full", "message/full", "message/bare" } do
	module:hook(kind, incoming, 50);
end

-- 2. Answers and requests of the gateway

-- The gateway's answer to a delegated IQ is sent to the user.
local function answered(event)
	local stanza = event.stanza;
	local question = is_gateway(event) and take_asked(stanza.attr.id);
	if not question then return; end
	local origin, asked = question.origin, question.stanza;
	local inside = stanza.attr.type == "result"
		and stanza:find("{"..DELEGATION.."}delegation/{"..FORWARD.."}forwarded/{"..CLIENT.."}iq");
	if inside and (inside.attr.type == "result" or inside.attr.type == "error") then
		local answer = unwrapped(inside);
		answer.attr.id, answer.attr.from, answer.attr.to = asked.attr.id, asked.attr.to, asked.attr.from;
		origin.send(answer);
	elseif stanza.attr.type == "error" and select(2, stanza:get_error()) == "feature-not-implemented" then
		prosody.core_post_stanza(origin, asked, false);
	else
		refuse(origin, asked, "service-unavailable", "The call gateway could not take this");
	end
	return true;
end

module:hook("iq/host", function (event)
	local type = event.stanza.attr.type;
	if type == "result" or type == "error" then return answered(event); end
end, 10);

-- The device's answer to the gateway's request, wrapped for the gateway.
local function tell_gateway(question, answer)
	local inside = st.clone(answer);
	inside.attr.from, inside.attr.to = question.to, question.as;
	module:send(wrapped(st.reply(question.outer), "privilege", PRIVILEGE, inside));
end

-- The pending requests to each session, so that all are answered when it goes offline.
local asked_of = setmetatable({}, { __mode = "k" });

local function settle(key)
	local question = take_spoken(key);
	if question then asked_of[question.session][key] = nil; end
	return question;
end

local function answer_of_device(event)
	local origin, stanza = event.origin, event.stanza;
	local type = stanza.attr.type;
	if type ~= "result" and type ~= "error" then return; end
	local question = settle(tostring(origin.full_jid).."\n"..tostring(stanza.attr.id));
	if not question then return; end
	tell_gateway(question, stanza);
	return true;
end

for _, to in ipairs { "full", "bare", "host" } do
	module:hook("pre-iq/"..to, answer_of_device, 95);
end

local function forbid(origin, stanza, text)
	origin.send(st.error_reply(stanza, "auth", "forbidden", text));
	return true;
end

local function is_call(iq)
	local type, payload = iq.attr.type, iq.tags[1];
	if #iq.tags ~= 1 or (type ~= "set" and type ~= "get") then return false; end
	return payload.attr.xmlns == JINGLE or payload.attr.xmlns == DISCO;
end

local function speak(outer, iq)
	local session = full_sessions[iq.attr.to];
	local id = "gw-"..new_id();
	local key = iq.attr.to.."\n"..id;
	local user = jid.bare(iq.attr.to);
	local question = { user = user, outer = outer, as = iq.attr.from, to = iq.attr.to, session = session };
	iq.attr.id = id;
	local asked = ask_device(key, question, SPOKEN_TIMEOUT, function ()
		asked_of[session][key] = nil;
		module:send(st.error_reply(outer, "wait", "remote-server-timeout"));
	end);
	if not asked then return false; end
	remember(iq.attr.from, iq.attr.to, iq.tags[1], "ours");
	asked_of[session] = asked_of[session] or {};
	asked_of[session][key] = true;
	-- the server's own errors (blocked, gone) are answers as well
	local function send(answer)
		if settle(key) then tell_gateway(question, answer); end
		return true;
	end
	prosody.core_post_stanza({ type = "component", host = gateway, send = send }, iq);
	return true;
end

module:hook("iq-set/host/"..PRIVILEGE..":privileged_iq", function (event)
	local origin, outer = event.origin, event.stanza;
	if not is_gateway(event) then return forbid(origin, outer, "only the gateway may speak as somebody"); end
	local inside = outer.tags[1]:get_child("iq", CLIENT);
	if not inside or not is_call(inside) then
		return forbid(origin, outer, "only Jingle and disco#info may be sent as somebody");
	end
	local iq = unwrapped(inside);
	iq.attr.from, iq.attr.to = jid.prep(inside.attr.from), jid.prep(inside.attr.to);
	if not iq.attr.from or not iq.attr.to or jid.host(iq.attr.to) ~= module.host then
		return forbid(origin, outer, "only an IQ to a user of this host may be sent as somebody");
	end
	if not may_be(iq.attr.from) and not has_called(iq.attr.to, iq.attr.from, iq.tags[1]) then
		return forbid(origin, outer, "the gateway may not speak as that one: see jingle_sip_speaks_as");
	end
	if not full_sessions[iq.attr.to] then return refuse(origin, outer, "recipient-unavailable"); end
	if not speak(outer, iq) then return refuse(origin, outer, "resource-constraint"); end
	return true;
end, 10);

module:hook("resource-unbind", function (event)
	for key in pairs(asked_of[event.session] or {}) do
		module:send(st.error_reply(settle(key).outer, "wait", "recipient-unavailable"));
	end
end);

-- Only a Jingle Message, storage hints and the caller's name (XEP-0172): no chat.
local function is_spoken_message(message)
	local type = message.attr.type or "normal";
	if type ~= "chat" and type ~= "normal" then return false; end
	for _, tag in ipairs(message.tags) do
		local xmlns = tag.attr.xmlns;
		if xmlns ~= MESSAGES and xmlns ~= HINTS and xmlns ~= NICK then return false; end
	end
	return jingle_message(message) ~= nil;
end

-- The server's error response to such a message (nobody is there, blocked) goes to the gateway.
local function tell_refused(message)
	if is_up() then module:send(wrapped(st.message({ from = module.host, to = gateway }), "privilege", PRIVILEGE, message)); end
	return true;
end

module:hook("message/host", function (event)
	local origin, outer = event.origin, event.stanza;
	local inside = outer:find("{"..PRIVILEGE.."}privilege/{"..FORWARD.."}forwarded/{"..CLIENT.."}message");
	if not inside then return; end
	if not is_gateway(event) then return forbid(origin, outer, "only the gateway may speak as somebody"); end
	local message = unwrapped(inside);
	local from, to = jid.prep(message.attr.from), jid.prep(message.attr.to);
	if not from or not to or jid.host(to) ~= module.host or not is_spoken_message(message) then
		return forbid(origin, outer, "only Jingle Messages to users of this host may be sent as somebody");
	end
	if not may_be(from) and not has_called(to, from, jingle_message(message)) then
		return forbid(origin, outer, "the gateway may not speak as that one: see jingle_sip_speaks_as");
	end
	message.attr.from, message.attr.to = from, to;
	remember(from, to, jingle_message(message), "ours");
	-- archive, carbons, push and blocking apply as to any message
	prosody.core_post_stanza({ type = "component", host = gateway, send = tell_refused }, message);
	return true;
end, 160);

-- A device's error response to the gateway's message on behalf of an address.
local function error_of_device(event)
	local origin, stanza = event.origin, event.stanza;
	local element = origin.type == "c2s" and stanza.attr.type == "error" and jingle_message(stanza);
	if not element or not stanza.attr.to then return; end
	local message = addressed(origin, stanza);
	if whose(message.attr.from, message.attr.to, element) ~= "ours" then return; end
	return tell_refused(message);
end

for _, to in ipairs { "full", "bare", "host" } do
	module:hook("pre-message/"..to, error_of_device, -2);
end

-- 3. Presence goes to the gateway as in XEP-0356 §7

-- ... reduced to what calls need: no status, no avatar hash.
local function tell(presence)
	local told = st.presence({ from = presence.attr.from, to = gateway, type = presence.attr.type });
	local priority, caps = presence:get_child_text("priority"), presence:get_child("c", CAPS);
	if priority then told:text_tag("priority", priority); end
	if caps then told:tag("c", caps.attr):up(); end
	module:send(told);
end

module:hook("presence/bare", function (event)
	local presence = event.stanza;
	local type = presence.attr.type;
	if not presence.attr.to and (type == nil or type == "unavailable") and is_up() then tell(presence); end
end, 150);

local function tell_all()
	for _, session in pairs(full_sessions) do
		if session.host == module.host and session.presence then tell(session.presence); end
	end
end

local function watch()
	module:hook_object_event(prosody.hosts[gateway].events, "component-authenticated", tell_all);
	if is_up() then tell_all(); end
end

if prosody.hosts[gateway] then watch(); end
module:hook_global("host-activated", function (host)
	if host == gateway then watch(); end
end);

-- 4. The host's disco#info: by this feature, and the component in the form (XEP-0128), the gateway detects a module of its
-- version

local about = dataforms.new {
	{ name = "FORM_TYPE", type = "hidden", value = MODULE };
	{ name = "component", type = "text-single" };
	{ name = "speaks_as", type = "list-multi" };
};
local domains = {};
for domain in speaks_as do domains[#domains + 1] = domain; end
module:add_feature(MODULE);
module:add_extension(about:form({ component = gateway, speaks_as = domains }, "result"));
module:log("info", "Jingle calls of %s go to %s", module.host, gateway);
