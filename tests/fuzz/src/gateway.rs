//! Events as gateways write them.

use serde::Serialize;

/// The gateways that povery understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are AWS's own")]
pub enum Origin {
    Rest,
    HttpApiV1,
    HttpApi,
    FunctionUrl,
    Alb,
    AlbMulti,
    Lattice,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Rest,
        Self::HttpApiV1,
        Self::HttpApi,
        Self::FunctionUrl,
        Self::Alb,
        Self::AlbMulti,
        Self::Lattice,
    ];

    /// One for each byte.
    pub fn of(byte: u8) -> Self {
        Self::ALL[usize::from(byte) % Self::ALL.len()]
    }

    /// Whether its events have payload 2.0.
    pub fn is_v2(self) -> bool {
        matches!(self, Self::HttpApi | Self::FunctionUrl)
    }

    /// Whether it has decoded the path.
    pub fn decodes_path(self) -> bool {
        matches!(self, Self::HttpApi | Self::HttpApiV1)
    }
}

/// A map of names with all of their values.
pub type Lists<'a> = std::collections::BTreeMap<&'a str, Vec<&'a str>>;

/// What a caller sends, and what the gateway says of it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are HTTP's and AWS's own")]
pub struct Sent<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// As it was sent.
    pub query: &'a str,
    /// As lists, for gateways that write those.
    pub query_lists: Lists<'a>,
    pub headers: Vec<(&'a str, &'a str)>,
    pub body: &'a str,
    pub is_base64: bool,
    pub stage: &'a str,
    pub route_key: &'a str,
    pub resource: &'a str,
    pub path_parameters: Vec<(&'a str, &'a str)>,
    /// Whether the request came by a custom domain.
    pub by_custom_domain: bool,
}

impl<'a> Sent<'a> {
    /// A request without anything but a method and a path.
    pub fn new(method: &'a str, path: &'a str) -> Self {
        Self {
            method,
            path,
            query: "",
            query_lists: Lists::new(),
            headers: Vec::new(),
            body: "",
            is_base64: false,
            stage: "$default",
            route_key: "$default",
            resource: "/{proxy+}",
            path_parameters: Vec::new(),
            by_custom_domain: false,
        }
    }

    /// The event.
    pub fn event(&self, origin: Origin) -> Vec<u8> {
        serde_json::to_vec(&self.as_event(origin)).unwrap_or_default()
    }

    fn as_event(&self, origin: Origin) -> Event<'_> {
        let is_v2 = origin.is_v2();
        let v1 = matches!(origin, Origin::Rest | Origin::HttpApiV1);
        let lists = v1 || origin == Origin::AlbMulti;
        let alb = matches!(origin, Origin::Alb | Origin::AlbMulti);
        let own_domain = match origin {
            Origin::FunctionUrl => "a1.lambda-url.eu-central-1.on.aws",
            Origin::HttpApi if self.by_custom_domain => "api.example",
            _ => "a1.execute-api.eu-central-1.amazonaws.com",
        };
        Event {
            version: match origin {
                Origin::HttpApiV1 => Some("1.0"),
                Origin::Rest | Origin::Alb | Origin::AlbMulti => None,
                _ => Some("2.0"),
            },
            http_method: (v1 || alb).then_some(self.method),
            method: (origin == Origin::Lattice).then_some(self.method),
            path: (!is_v2).then_some(self.path),
            raw_path: is_v2.then_some(self.path),
            raw_query_string: is_v2.then_some(self.query),
            resource: v1.then_some(self.resource),
            headers: (!lists).then_some(Map(&self.headers)),
            multi_value_headers: lists.then_some(MapOfLists(&self.headers)),
            query_string_parameters: (origin == Origin::Lattice).then_some(&self.query_lists),
            multi_value_query_string_parameters: lists.then_some(&self.query_lists),
            path_parameters: v1.then_some(Map(&self.path_parameters)),
            body: self.body,
            is_base64_encoded: self.is_base64,
            request_context: Context {
                api_id: (is_v2 || v1).then_some("a1"),
                domain_name: (is_v2 || v1).then_some(own_domain),
                stage: (is_v2 || v1).then_some(self.stage),
                // Through a custom domain a REST API has the same path here.
                path: (origin == Origin::Rest && self.by_custom_domain).then_some(self.path),
                route_key: is_v2.then_some(self.route_key),
                http: is_v2.then_some(Http {
                    method: self.method,
                    source_ip: "192.0.2.1",
                }),
                elb: alb.then_some(Elb {}),
                service_arn: (origin == Origin::Lattice).then_some("arn:aws:vpc-lattice:s"),
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_query_string: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Map<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<MapOfLists<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_string_parameters: Option<&'a Lists<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_query_string_parameters: Option<&'a Lists<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_parameters: Option<Map<'a>>,
    body: &'a str,
    is_base64_encoded: bool,
    request_context: Context<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<Http<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elb: Option<Elb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_arn: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    source_ip: &'a str,
}

#[derive(Serialize)]
struct Elb {}

struct Map<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for Map<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

struct MapOfLists<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for MapOfLists<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, [value])))
    }
}
