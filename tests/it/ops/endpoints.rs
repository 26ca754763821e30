//! Connections that are opened ahead lead to the endpoints of the SDK's own calls.

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
    let aws = Aws::with_connector(&environment, connector).unwrap();
    (network, environment, aws)
}

/// The endpoint of DynamoDB that is opened ahead.
async fn opened(place: Place) -> Vec<String> {
    let (network, _, aws) = without_route(place);
    aws.open_dynamodb_connection().await;
    let opened = network.take();
    aws.dynamodb().list_tables().send().await.unwrap_err();
    assert_eq!(network.take(), opened, "{place:?}");
    opened
}

#[tokio::test]
async fn every_region_is_opened_ahead() {
    for region in [
        "us-east-1",
        "eu-central-1",
        "us-gov-east-1",
        "us-gov-west-1",
        "cn-north-1",
        "eusc-de-east-1",
        "us-iso-east-1",
        "mars-north-1",
    ] {
        for (fips, dual) in [("", ""), ("true", ""), ("", "true"), ("true", "true")] {
            assert!(!opened((region, fips, dual)).await.is_empty());
        }
    }
}

#[tokio::test]
async fn dynamodb_has_the_endpoints_of_aws() {
    for (place, host) in [
        (("eu-west-1", "", ""), "dynamodb.eu-west-1.amazonaws.com"),
        (
            ("us-east-1", "True", "false"),
            "dynamodb-fips.us-east-1.amazonaws.com",
        ),
        (("us-east-1", "false", "TRUE"), "dynamodb.us-east-1.api.aws"),
        (
            ("us-east-1", "true", "true"),
            "dynamodb-fips.us-east-1.api.aws",
        ),
        (
            ("us-gov-west-1", "true", ""),
            "dynamodb.us-gov-west-1.amazonaws.com",
        ),
        (
            ("cn-north-1", "", ""),
            "dynamodb.cn-north-1.amazonaws.com.cn",
        ),
    ] {
        assert_eq!(opened(place).await, [format!("https://{host}")]);
    }
}

#[tokio::test]
async fn no_endpoint_opens_nothing() {
    assert!(opened(("eu west", "", "")).await.is_empty());
}

#[tokio::test]
async fn ses_has_the_endpoints_of_aws() {
    for (place, host) in [
        (("eu-west-1", "", ""), "email.eu-west-1.amazonaws.com"),
        (
            ("us-east-1", "true", ""),
            "email-fips.us-east-1.amazonaws.com",
        ),
        (("us-east-1", "", "true"), "email.us-east-1.api.aws"),
        (
            ("us-gov-west-1", "true", ""),
            "email-fips.us-gov-west-1.amazonaws.com",
        ),
    ] {
        let (network, environment, aws) = without_route(place);
        let ses = Ses::new(&aws, &environment);
        ses.open_connection().await;
        assert_eq!(network.take(), [format!("https://{host}")]);
        ses.client().get_account().send().await.unwrap_err();
        assert_eq!(network.take(), [format!("https://{host}")]);
    }
}
