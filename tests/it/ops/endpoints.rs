//! The endpoints of AWS that a region and its settings lead to.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use mail::Ses;
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;

/// A network on which no host answers. It records scheme and host of each request.
#[derive(Clone, Debug, Default)]
struct NoRoute(Arc<Mutex<Vec<String>>>);

impl HttpConnector for NoRoute {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let origin = request.uri().split('/').take(3).collect::<Vec<_>>();
        self.0.lock().unwrap().push(origin.join("/"));
        HttpConnectorFuture::ready(Err(ConnectorError::user("no route".into())))
    }
}

impl NoRoute {
    fn take(&self) -> Vec<String> {
        let mut called = std::mem::take(&mut *self.0.lock().unwrap());
        called.dedup();
        called
    }
}

/// A region, and the settings `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT`.
type Place = (&'static str, &'static str, &'static str);

fn without_route((region, fips, dual): Place) -> (NoRoute, Environment, Aws) {
    let environment = Environment::from_pairs(&[
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_REGION", region),
        ("AWS_USE_FIPS_ENDPOINT", fips),
        ("AWS_USE_DUALSTACK_ENDPOINT", dual),
    ]);
    let network = NoRoute::default();
    let connector = SharedHttpConnector::new(network.clone());
    let aws = Aws::with_connector(&environment, connector, 1).unwrap();
    (network, environment, aws)
}

#[tokio::test]
async fn calls_go_to_the_endpoints_of_aws() {
    for (place, dynamodb, ses) in [
        (
            ("eu-west-1", "", ""),
            "dynamodb.eu-west-1.amazonaws.com",
            "email.eu-west-1.amazonaws.com",
        ),
        (
            ("us-east-1", "True", "false"),
            "dynamodb-fips.us-east-1.amazonaws.com",
            "email-fips.us-east-1.amazonaws.com",
        ),
        (
            ("us-east-1", "false", "TRUE"),
            "dynamodb.us-east-1.api.aws",
            "email.us-east-1.api.aws",
        ),
        (
            ("cn-north-1", "", ""),
            "dynamodb.cn-north-1.amazonaws.com.cn",
            "email.cn-north-1.amazonaws.com.cn",
        ),
    ] {
        let (network, environment, aws) = without_route(place);
        aws.dynamodb().list_tables().send().await.unwrap_err();
        assert_eq!(network.take(), [format!("https://{dynamodb}")]);
        Ses::new(&aws, &environment).warm().await;
        assert_eq!(network.take(), [format!("https://{ses}")]);
    }
}

#[tokio::test]
async fn an_invalid_region_reaches_no_endpoint() {
    let (network, environment, aws) = without_route(("eu west", "", ""));
    aws.dynamodb().list_tables().send().await.unwrap_err();
    Ses::new(&aws, &environment).warm().await;
    assert!(network.take().is_empty());
}
