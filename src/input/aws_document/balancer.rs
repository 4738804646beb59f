//! A load balancer as its own ARN and those of its listeners name it.
//!
//! Not what it does (`scenario::service`). Rules: CD-ECS-5, CD-ECS-6, CD-ECS-10.

use super::value::arn_resource;
use crate::scenario::service::LoadBalancerKind;

/// One load balancer: `app/shop/50dc6c495c0c9188`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balancer {
    /// Of which kind it is.
    pub kind: LoadBalancerKind,
    /// Kind, name and number as its ARN has them.
    pub path: String,
}

impl Balancer {
    /// The one of a listener, whose resource is `listener/app/NAME/NUMBER/LISTENER`.
    pub fn of_listener(arn: &str) -> Option<Balancer> {
        let resource = arn_resource(arn, "elasticloadbalancing")?.strip_prefix("listener/")?;
        Balancer::at(resource.rsplit_once('/')?.0)
    }

    /// The one of this ARN, whose resource is `loadbalancer/app/NAME/NUMBER`.
    pub fn of_arn(arn: &str) -> Option<Balancer> {
        Balancer::at(arn_resource(arn, "elasticloadbalancing")?.strip_prefix("loadbalancer/")?)
    }

    fn at(path: &str) -> Option<Balancer> {
        let kind = match path.split_once('/')?.0 {
            "app" => LoadBalancerKind::Application,
            "net" => LoadBalancerKind::Network,
            _ => return None,
        };
        Some(Balancer { kind, path: path.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_and_load_balancers_name_the_same() {
        let arn = |resource: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:1:{resource}");
        let of_listener = |resource| Balancer::of_listener(&arn(resource));
        let found = of_listener("listener/net/shop/50dc/f2f7").expect("a listener");
        assert_eq!((found.kind, &found.path[..]), (LoadBalancerKind::Network, "net/shop/50dc"));
        assert_eq!(Balancer::of_arn(&arn("loadbalancer/net/shop/50dc")), Some(found));
        let application = of_listener("listener/app/shop/50dc/f2f7").expect("a listener");
        assert_eq!(application.kind, LoadBalancerKind::Application);
        for other in ["listener/gwy/shop/50dc/f2f7", "listener/app", "targetgroup/blue/1"] {
            assert_eq!(of_listener(other), None, "{other}");
        }
        assert_eq!(Balancer::of_listener("production"), None);
    }
}
