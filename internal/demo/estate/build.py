#!/usr/bin/env python3
"""Builds Brightwater, the estate of `postern demo`, on a moto server.

    AWS_ENDPOINT_URL=http://127.0.0.1:PORT build.py --credentials FILE --truth FILE --story FILE

Brightwater makes claim-triage software for insurers. It has seven AWS accounts: corp (management), web (the product),
ml (models and the claims they learn from), lab (where everybody may try things), media and press (what is published;
apart, because a grant to everyone also serves whoever already holds a role of the bucket's own account) and exchange
(what partners deliver). The script resets the server, makes the resources, and writes beside them what is true of them:
the ways that lead from outside to training data, and the near misses, each with the one fact that stops it. AWS
semantics: docs/permissions-coverage.md and docs/techniques.md name the sources.
"""
import argparse
import io
import json
import os
import urllib.request
import zipfile

import boto3
from botocore.config import Config

REGION = "eu-west-1"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
ALL_OPEN = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False)
ALL_SHUT = dict.fromkeys(ALL_OPEN, True)
SAGEMAKER, LAMBDA, EC2, APIGW, AGENTCORE = ("%s.amazonaws.com" % s for s in ("sagemaker", "lambda", "ec2", "apigateway", "bedrock-agentcore"))


def statement(effect, actions, resources="*", **more):
    return dict(Effect=effect, Action=actions, Resource=resources, **more)


def allow(actions, resources="*", **more):
    return statement("Allow", actions, resources, **more)


def deny(actions, resources="*", **more):
    return statement("Deny", actions, resources, **more)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, action="sts:AssumeRole", **condition):
    s = dict(Effect="Allow", Principal=principal, Action=action)
    if condition:
        s["Condition"] = condition
    return document(s)


def service(name):
    return {"Service": name}


def objects(*buckets):
    return allow(["s3:GetObject", "s3:ListBucket"], [r for b in buckets for r in ("arn:aws:s3:::" + b, "arn:aws:s3:::%s/*" % b)])


class Brightwater:
    """The clients of the accounts, and the truth as it grows."""

    def __init__(self):
        for call in ("reset", "seed?a=7341"):
            urllib.request.urlopen(urllib.request.Request(ENDPOINT + "/moto-api/" + call, method="POST")).read()
        self.keys, self.account, self.ways, self.misses, self.also, self.clients = {}, {}, [], [], [], {}
        root = boto3.client("sts", endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id="demo", aws_secret_access_key="demo")
        self.account["corp"] = root.get_caller_identity()["Account"]
        self.keys["corp"] = ("demo", "demo", None)
        org = self.client("corp", "organizations")
        org.create_organization(FeatureSet="ALL")
        self.root = org.list_roots()["Roots"][0]["Id"]
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            org.enable_policy_type(RootId=self.root, PolicyType=kind)
        self.units = {n: org.create_organizational_unit(ParentId=self.root, Name=n)["OrganizationalUnit"]["Id"] for n in ("product", "research", "public")}
        for name, unit in (("web", "product"), ("ml", "product"), ("lab", "research"), ("media", "public"), ("press", "public"), ("exchange", "public")):
            number = org.create_account(Email=name + "@brightwater.example", AccountName=name)["CreateAccountStatus"]["AccountId"]
            org.move_account(AccountId=number, SourceParentId=self.root, DestinationParentId=self.units[unit])
            self.account[name] = number
            c = root.assume_role(RoleArn="arn:aws:iam::%s:role/OrganizationAccountAccessRole" % number, RoleSessionName="build")["Credentials"]
            self.keys[name] = (c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"])

    def client(self, account, name):
        if (account, name) not in self.clients:
            key, secret, token = self.keys[account]
            more = {"proxies": {"http": ENDPOINT}} if name == "s3control" else {}
            self.clients[account, name] = boto3.client(name, endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
                                                       aws_session_token=token, config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, **more))
        return self.clients[account, name]

    def arn(self, account, resource):
        return "arn:aws:iam::%s:%s" % (self.account[account], resource)

    # -- resources ---------------------------------------------------------------------------------------------------

    def role(self, account, name, trusted, *statements, boundary=None, managed=()):
        iam = self.client(account, "iam")
        more = {"PermissionsBoundary": boundary} if boundary else {}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
        for m in managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=m)
        return arn

    def bucket(self, account, name, *policy, public_access=ALL_SHUT, key=None, tags=None):
        s3 = self.client(account, "s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=public_access)
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]})
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]})
        if policy:
            s3.put_bucket_policy(Bucket=name, Policy=document(*policy))
        return "arn:aws:s3:::" + name

    def training(self, account, bucket, job, *policy, channel="train", **more):
        """A bucket that a training job of its own learns from, which alone makes it training data."""
        b = self.bucket(account, bucket, *policy, **more)
        key = more.get("key")
        r = self.role(account, "train-" + job, trust(service(SAGEMAKER)), objects(bucket), allow("s3:PutObject", "arn:aws:s3:::bw-artifacts-%s/*" % account),
                      *([allow("kms:Decrypt", key)] if key else []))
        self.client(account, "sagemaker").create_training_job(
            TrainingJobName=job, RoleArn=r, StoppingCondition={"MaxRuntimeInSeconds": 3600},
            AlgorithmSpecification={"TrainingImage": "%s.dkr.ecr.%s.amazonaws.com/train:1" % (self.account[account], REGION), "TrainingInputMode": "File"},
            InputDataConfig=[{"ChannelName": channel, "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://%s/%s/" % (bucket, channel), "S3DataDistributionType": "FullyReplicated"}}}],
            OutputDataConfig={"S3OutputPath": "s3://bw-artifacts-%s/%s" % (account, job)}, ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50})
        return b

    def function(self, account, name, *statements, url=None, anyone=True, boundary=None):
        """A function with a role of its own; url is the AuthType of its function URL."""
        r = self.role(account, name, trust(service(LAMBDA)), allow(["logs:CreateLogStream", "logs:PutLogEvents"]), *statements, boundary=boundary)
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as z:
            z.writestr(zipfile.ZipInfo("app.py"), "def handler(event, context):\n    return {}\n")
        fn = self.client(account, "lambda")
        arn = fn.create_function(FunctionName=name, Runtime="python3.12", Role=r, Handler="app.handler", Code={"ZipFile": code.getvalue()})["FunctionArn"]
        if url:
            fn.create_function_url_config(FunctionName=name, AuthType=url)
            if url == "NONE" and anyone:
                fn.add_permission(FunctionName=name, StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE")
                fn.add_permission(FunctionName=name, StatementId="invoke", Action="lambda:InvokeFunction", Principal="*")
        return arn, r

    def rest_api(self, account, name, uri, credentials=None, authorization="NONE", kind="REGIONAL", policy=None, stage=True):
        api = self.client(account, "apigateway")
        more = {"policy": policy} if policy else {}
        i = api.create_rest_api(name=name, endpointConfiguration={"types": [kind]}, **more)["id"]
        top = api.get_resources(restApiId=i)["items"][0]["id"]
        r = api.create_resource(restApiId=i, parentId=top, pathPart="claims")["id"]
        api.put_method(restApiId=i, resourceId=r, httpMethod="POST", authorizationType=authorization)
        api.put_integration(restApiId=i, resourceId=r, httpMethod="POST", type="AWS" if credentials else "AWS_PROXY", integrationHttpMethod="POST", uri=uri,
                            **({"credentials": credentials} if credentials else {}))
        if stage:
            api.create_deployment(restApiId=i, stageName="live")
        return "arn:aws:apigateway:%s::/restapis/%s" % (REGION, i), i

    def lambda_uri(self, arn):
        return "arn:aws:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations" % (REGION, arn)

    def admits_api(self, account, function, api):
        self.client(account, "lambda").add_permission(FunctionName=function, StatementId="api-" + api, Action="lambda:InvokeFunction", Principal=APIGW,
                                                      SourceArn="arn:aws:execute-api:%s:%s:%s/*" % (REGION, self.account[account], api))

    def network(self, account, cidr):
        """A VPC with a public subnet, one whose default route is a NAT gateway, and one with the local route alone."""
        ec2 = self.client(account, "ec2")
        vpc = ec2.create_vpc(CidrBlock=cidr + ".0.0/16")["Vpc"]["VpcId"]
        igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
        n = {"vpc": vpc, "ec2": ec2}
        for i, name in enumerate(("public", "public2", "private", "island")):
            n[name] = ec2.create_subnet(VpcId=vpc, CidrBlock="%s.%d.0/24" % (cidr, i), AvailabilityZone=REGION + "ab"[i % 2])["Subnet"]["SubnetId"]
            t = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.associate_route_table(RouteTableId=t, SubnetId=n[name])
            if name.startswith("public"):
                ec2.create_route(RouteTableId=t, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
            if name == "private":
                e = ec2.allocate_address(Domain="vpc")["AllocationId"]
                nat = ec2.create_nat_gateway(SubnetId=n["public"], AllocationId=e)["NatGateway"]["NatGatewayId"]
                ec2.create_route(RouteTableId=t, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
        return n

    def group(self, net, name, port, source):
        ec2 = net["ec2"]
        g = ec2.create_security_group(GroupName=name, Description=name, VpcId=net["vpc"])["GroupId"]
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        rule.update({"UserIdGroupPairs": [{"GroupId": source}]} if source.startswith("sg-") else {"IpRanges": [{"CidrIp": source}]})
        ec2.authorize_security_group_ingress(GroupId=g, IpPermissions=[rule])
        return g

    def instance(self, account, net, subnet, group, name, *statements, public=True):
        r = self.role(account, name, trust(service(EC2)), *statements)
        iam = self.client(account, "iam")
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        i = net["ec2"].run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="t3.small", IamInstanceProfile={"Name": name},
                                     NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": net[subnet], "Groups": [group], "AssociatePublicIpAddress": public}],
                                     TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}])["Instances"][0]["InstanceId"]
        return "arn:aws:ec2:%s:%s:instance/%s" % (REGION, self.account[account], i), r, i

    def notebook(self, account, name, *statements):
        r = self.role(account, name, trust(service(SAGEMAKER)), *statements)
        self.client(account, "sagemaker").create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=r, DirectInternetAccess="Disabled",
                                                                   RootAccess="Enabled")
        return "arn:aws:sagemaker:%s:%s:notebook-instance/%s" % (REGION, self.account[account], name), r

    def gateway(self, account, name, function, kind):
        r = self.role(account, "gateway-" + name, trust(service(AGENTCORE)), allow("lambda:InvokeFunction", function))
        c = self.client(account, "bedrock-agentcore-control")
        more = {} if kind == "NONE" else {"authorizerConfiguration": {"customJWTAuthorizer": {
            "discoveryUrl": "https://id.brightwater.example/.well-known/openid-configuration", "allowedAudience": [name]}}}
        g = c.create_gateway(name=name, roleArn=r, protocolType="MCP", authorizerType=kind, **more)
        c.create_gateway_target(gatewayIdentifier=g["gatewayId"], name=name, credentialProviderConfigurations=[{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
                                targetConfiguration={"mcp": {"lambda": {"lambdaArn": function, "toolSchema": {"inlinePayload": [
                                    {"name": "find", "description": "finds a claim", "inputSchema": {"type": "object"}}]}}}})
        return g["gatewayArn"]

    def control(self, kind, name, unit, *statements):
        org = self.client("corp", "organizations")
        p = org.create_policy(Name=name, Type=kind, Description=name, Content=document(*statements))["Policy"]["PolicySummary"]["Id"]
        org.attach_policy(PolicyId=p, TargetId=self.units[unit])

    # -- truth -------------------------------------------------------------------------------------------------------

    def way(self, title, told, entry, *nodes, impact="disclosure"):
        self.ways.append({"id": "W%02d" % (len(self.ways) + 1), "title": title, "told": told, "entry": entry, "nodes": list(nodes), "impact": impact})

    def miss(self, title, told, stopped_by, target, tolerate=None):
        self.misses.append({"id": "N%02d" % (len(self.misses) + 1), "title": title, "told": told, "stopped_by": stopped_by, "target": target, **({"tolerate": tolerate} if tolerate else {})})


def ways(b):
    """What is open."""
    web, ml = b.network("web", "10.20"), b.network("ml", "10.30")
    anyone = b.group(web, "anyone-443", 443, "0.0.0.0/0")
    i, r, _ = b.instance("web", web, "public", anyone, "intake", objects("bw-claim-photos"))
    photos = b.training("ml", "bw-claim-photos", "damage-vision", dict(Principal={"AWS": r}, **objects("bw-claim-photos")))
    b.way("The intake server and the photos", "The intake server stands in the open, and the photos' bucket in another account lets its role read: it once had to check an upload.",
          "internet", i, r, photos)

    front = b.group(web, "portal-front", 443, "0.0.0.0/0")
    back = b.group(web, "portal-back", 8443, front)
    key = b.client("ml", "kms").create_key(Policy=document(allow("kms:*", Principal={"AWS": b.arn("ml", "root")})))["KeyMetadata"]["Arn"]
    reader = b.arn("ml", "role/letters-reader")
    i, r, native = b.instance("web", web, "private", back, "portal", allow("sts:AssumeRole", reader), public=False)
    b.role("ml", "letters-reader", trust({"AWS": r}), objects("bw-letters"), allow("kms:Decrypt", key))
    letters = b.training("ml", "bw-letters", "letter-tagger", key=key)
    elb = b.client("web", "elbv2")
    lb = elb.create_load_balancer(Name="portal", Type="application", Scheme="internet-facing", Subnets=[web["public"], web["public2"]], SecurityGroups=[front])["LoadBalancers"][0]["LoadBalancerArn"]
    tg = elb.create_target_group(Name="portal", Protocol="HTTP", Port=8443, VpcId=web["vpc"], TargetType="instance")["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=tg, Targets=[{"Id": native, "Port": 8443}])
    elb.create_listener(LoadBalancerArn=lb, Protocol="HTTP", Port=443, DefaultActions=[{"Type": "forward", "TargetGroupArn": tg}])
    b.way("The portal behind its load balancer", "The portal has no public address. Its load balancer has, and its role may become letters-reader in ml, which may decrypt.",
          "internet", lb + "?", i, r, reader, letters)

    f, r = b.function("ml", "quote", objects("bw-quotes"), url="NONE")
    b.way("The quote function", "A function URL without authentication, made for a demo, with a role that reads the quotes that the pricing model learns from.",
          "internet", f, r, b.training("ml", "bw-quotes", "pricing"))

    sm = b.client("ml", "sagemaker")
    serve = b.role("ml", "serve-triage", trust(service(SAGEMAKER)), allow("s3:GetObject", "arn:aws:s3:::bw-artifacts-ml/*"))
    sm.create_model(ModelName="triage", ExecutionRoleArn=serve, PrimaryContainer={"Image": "%s.dkr.ecr.%s.amazonaws.com/serve:1" % (b.account["ml"], REGION),
                                                                                  "ModelDataUrl": "s3://bw-artifacts-ml/pricing/pricing/output/model.tar.gz"})
    sm.create_endpoint_config(EndpointConfigName="triage", ProductionVariants=[{"VariantName": "all", "ModelName": "triage", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}])
    sm.create_endpoint(EndpointName="triage", EndpointConfigName="triage")
    endpoint = "arn:aws:sagemaker:%s:%s:endpoint/triage" % (REGION, b.account["ml"])
    caller = b.role("ml", "api-triage", trust(service(APIGW)), allow("sagemaker:InvokeEndpoint", endpoint))
    api, _ = b.rest_api("ml", "triage", "arn:aws:apigateway:%s:runtime.sagemaker:path//endpoints/triage/invocations" % REGION, credentials=caller)
    b.way("The triage model answers anyone", "The API in front of the triage model has no authorisation: everyone may query the model, and learn it by asking.",
          "internet", api + "?", caller + "?", endpoint, impact="invocation")

    provider = b.client("ml", "iam").create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40])["OpenIDConnectProviderArn"]
    hub = "token.actions.githubusercontent.com:"
    r = b.role("ml", "labels-sync", trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", StringEquals={hub + "aud": "sts.amazonaws.com"}, StringLike={hub + "sub": "repo:brightwater*"}),
               allow("s3:PutObject", "arn:aws:s3:::bw-labels/*"))
    b.way("Labels from any repository that is called right", "The trust asks for repo:brightwater*, without a slash: an organisation called brightwater-labs may write labels too.",
          "github:any", provider + "?", r, b.training("ml", "bw-labels", "label-net"), impact="poisoning")

    r = b.role("exchange", "partner-feed", trust({"AWS": "*"}), objects("bw-partner-feed"))
    b.way("The partner feed", "The partner's account number was not known on the day, so the trust says *, and still does.", "aws:any-account", r, b.training("exchange", "bw-partner-feed", "fraud-net"))

    maps = b.bucket("media", "bw-open-maps", allow("s3:GetObject", "arn:aws:s3:::bw-open-maps/*", Principal="*"), public_access=ALL_OPEN)
    prep = b.role("media", "prep-maps", trust(service(SAGEMAKER)), objects("bw-open-maps"))
    b.client("media", "sagemaker").create_processing_job(
        ProcessingJobName="map-tiles", RoleArn=prep, AppSpecification={"ImageUri": "%s.dkr.ecr.%s.amazonaws.com/prep:1" % (b.account["media"], REGION)},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}},
        ProcessingInputs=[{"InputName": "tiles", "S3Input": {"S3Uri": "s3://bw-open-maps/tiles/", "LocalPath": "/opt/ml/processing/tiles", "S3DataType": "S3Prefix", "S3InputMode": "File"}}])
    b.way("The open maps", "Public on purpose, and the input of a processing job: what is public is also training data.", "internet", maps)

    target = b.arn("ml", "role/train-flood-model")
    f, r = b.function("ml", "scheduler", allow("sagemaker:CreateProcessingJob"), allow("iam:PassRole", target, Condition={"StringEquals": {"iam:PassedToService": SAGEMAKER}}), url="NONE")
    b.way("The scheduler", "The open scheduler may start processing jobs with the role that trains the flood model.", "internet", f, r, target, b.training("ml", "bw-flood", "flood-model"))

    nb, nr = b.notebook("ml", "analyst", objects("bw-telemetry"))
    f, r = b.function("ml", "notebook-link", allow("sagemaker:CreatePresignedNotebookInstanceUrl", nb), url="NONE")
    b.way("Links to the analyst's notebook", "The open function hands out presigned links; whoever has one works with the notebook's role.", "internet", f, r, nb, nr, b.training("ml", "bw-telemetry", "drive-score"))

    etl, er = b.function("ml", "weather-etl", objects("bw-weather"))
    f, r = b.function("ml", "plugin-runner", allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"], etl))
    api, i = b.rest_api("ml", "plugins", b.lambda_uri(f))
    b.admits_api("ml", "plugin-runner", i)
    b.way("Plugins that rewrite the weather job", "The plugin API needs no login, and its function may replace the code of the weather job.", "internet", api + "?", f, r, etl, er, b.training("ml", "bw-weather", "hail-net"))

    mine = b.arn("lab", "role/trial")
    f, r = b.function("lab", "trial", allow("iam:PutRolePolicy", mine), url="NONE")
    b.way("A trial that can promote itself", "In lab everybody may try things; the trial function may write its own policy.", "internet", f, r, "capability:%s/admin" % b.account["lab"], b.training("lab", "bw-trial-set", "trial-net"))

    b.also.append({"entry": "internet", "target": "arn:aws:s3:::bw-partner-feed", "told": "Whoever is administrator of lab is an AWS customer like any other, and may assume the partner's role."})

    f, r = b.function("ml", "claim-finder", objects("bw-transcripts"))
    g = b.gateway("ml", "claims", f, "NONE")
    b.way("The agent's gateway without a doorman", "The gateway that gives agents the claim finder asks nobody who they are.", "internet", g, b.arn("ml", "role/gateway-claims") + "?", f, r, b.training("ml", "bw-transcripts", "dialog-net"))
    return web, ml


def misses(b, web, ml):
    """What looks open and is not, each for one reason."""
    ec2 = ml["ec2"]
    any22 = b.group(ml, "any-22", 22, "0.0.0.0/0")
    office = b.group(ml, "office-22", 22, "10.0.0.0/8")
    walled = ec2.create_subnet(VpcId=ml["vpc"], CidrBlock="10.30.9.0/24", AvailabilityZone=REGION + "a")["Subnet"]["SubnetId"]
    table = [t for t in ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [ml["public"]]}])["RouteTables"]][0]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=walled)
    ml["walled"] = walled
    acl = ec2.create_network_acl(VpcId=ml["vpc"])["NetworkAcl"]["NetworkAclId"]
    for egress in (False, True):
        ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=10, Protocol="-1", RuleAction="allow", Egress=egress, CidrBlock="10.0.0.0/8")
    old = [a for n in ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [walled]}])["NetworkAcls"] for a in n["Associations"] if a["SubnetId"] == walled][0]
    ec2.replace_network_acl_association(NetworkAclId=acl, AssociationId=old["NetworkAclAssociationId"])
    for name, subnet, group, public, why in (
            ("sensor-a", "walled", any22, True, "nacl: the subnet's NACL lets only 10.0.0.0/8 pass"),
            ("sensor-b", "island", any22, True, "route: the subnet's route table has the local route alone"),
            ("sensor-c", "public", office, True, "security_group: the group takes tcp/22 from 10.0.0.0/8 only"),
            ("sensor-d", "private", any22, False, "no_address: no public address; the default route is a NAT gateway, which takes nothing in")):
        b.instance("ml", ml, subnet, group, name, objects("bw-" + name), public=public)
        b.miss(name, "An instance whose group or address looks open, with a role that reads the bucket.", why, b.training("ml", "bw-" + name, name + "-net"))

    opened = "An open function URL and a role that may read the bucket by its own policy."
    _, r = b.function("ml", "ledger", objects("bw-ledger"), url="NONE")
    b.miss("ledger", opened, "resource: the bucket policy denies this very role", b.training("ml", "bw-ledger", "ledger-net", deny("s3:GetObject", "arn:aws:s3:::bw-ledger/*", Principal={"AWS": r})))

    b.control("SERVICE_CONTROL_POLICY", "guard-medical", "product", deny("s3:GetObject", "arn:aws:s3:::bw-medical/*", Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/train-*"}}))
    b.function("ml", "medical", objects("bw-medical"), url="NONE")
    b.miss("medical", opened, "scp: the SCP guard-medical denies reads to all but roles called train-*", b.training("ml", "bw-medical", "medical-net"))

    cage = b.client("ml", "iam").create_policy(PolicyName="cage", PolicyDocument=document(allow(["logs:*", "cloudwatch:*"])))["Policy"]["Arn"]
    b.function("ml", "survey", objects("bw-survey"), url="NONE", boundary=cage)
    b.miss("survey", opened, "boundary: the role's boundary allows logs and metrics alone", b.training("ml", "bw-survey", "survey-net"))

    admin = b.role("ml", "key-keeper", trust({"AWS": b.arn("corp", "root")}), allow("kms:Describe*"))
    key = b.client("ml", "kms").create_key(Policy=document(allow(["kms:Describe*", "kms:Put*", "kms:Get*", "kms:List*"], Principal={"AWS": admin}),
                                                           allow("kms:Decrypt", Principal={"AWS": b.arn("ml", "role/train-vault-net")})))["KeyMetadata"]["Arn"]
    b.function("ml", "vault", objects("bw-vault"), allow("kms:Decrypt", key), url="NONE")
    b.miss("vault", opened + " And kms:Decrypt.", "kms: the key policy does not name the account, so identity policies do not count for the key", b.training("ml", "bw-vault", "vault-net", key=key))

    batch = b.role("ml", "batch", trust(service(EC2)), objects("bw-batch"))
    b.function("ml", "runner", allow("sagemaker:CreateTrainingJob"), allow("iam:PassRole", batch), url="NONE")
    b.miss("batch", "An open function may start training jobs and pass a role that reads the bucket.", "trust: the role trusts ec2.amazonaws.com, not sagemaker.amazonaws.com", b.training("ml", "bw-batch", "batch-net"))

    everyone = lambda n: allow("s3:GetObject", "arn:aws:s3:::%s/*" % n, Principal="*")
    b.miss("catalogue", "The bucket policy lets everyone read.", "bpa: RestrictPublicBuckets is on for the bucket", b.training("media", "bw-catalogue", "catalogue-net", everyone("bw-catalogue")))
    b.client("press", "s3control").put_public_access_block(AccountId=b.account["press"], PublicAccessBlockConfiguration=ALL_SHUT)
    b.miss("brochures", "The bucket policy lets everyone read, and the bucket's own block is off.", "bpa: RestrictPublicBuckets is on for the account",
           b.training("press", "bw-brochures", "brochure-net", everyone("bw-brochures"), public_access=ALL_OPEN))
    b.control("RESOURCE_CONTROL_POLICY", "members-only", "public", deny("s3:GetObject", "arn:aws:s3:::bw-atlas/*", Principal="*", Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}}))
    b.miss("atlas", "The bucket policy lets everyone read, and nothing is blocked.", "rcp: the RCP members-only denies reads of this bucket to everyone but AWS's services",
           b.training("media", "bw-atlas", "atlas-net", everyone("bw-atlas"), public_access=ALL_OPEN))

    b.function("ml", "forecast", objects("bw-forecast"), url="AWS_IAM")
    b.miss("forecast", "A function URL, and a role that reads the bucket.", "function_url: AuthType AWS_IAM, and nobody outside may invoke it", b.training("ml", "bw-forecast", "forecast-net"))
    b.function("ml", "silent", objects("bw-silent"), url="NONE", anyone=False)
    b.miss("silent", "A function URL with AuthType NONE.", "resource: no function policy lets * invoke it", b.training("ml", "bw-silent", "silent-net"))

    b.function("ml", "artifacts", objects("bw-artifacts-ml"), url="NONE")
    b.miss("artifacts", "An open function reads the bucket that every job writes to.", "lineage: it is the jobs' output, never their input", "arn:aws:s3:::bw-artifacts-ml")
    decoy = b.bucket("media", "bw-training-data", everyone("bw-training-data"), public_access=ALL_OPEN, tags={"purpose": "training"})
    b.miss("decoy", "Public, called training data and tagged so.", "lineage: no job, model or knowledge base uses it: a public bucket, not training data", decoy)

    hub = "token.actions.githubusercontent.com:"
    provider = b.arn("ml", "oidc-provider/token.actions.githubusercontent.com")
    b.role("ml", "release", trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", StringEquals={hub + "aud": "sts.amazonaws.com", hub + "sub": "repo:brightwater/models:ref:refs/heads/main"}), objects("bw-releases"))
    b.miss("releases", "A role for GitHub's workflows.", "trust: sub must be one branch of one repository", b.training("ml", "bw-releases", "release-net"))
    b.role("ml", "auditor", trust({"AWS": "arn:aws:iam::555566667777:root"}, StringEquals={"sts:ExternalId": "bw-2291"}), objects("bw-audit"))
    b.miss("audit", "A role that another company may assume.", "trust: one account, and an ExternalId: not every AWS customer", b.training("ml", "bw-audit", "audit-net"))

    f, _ = b.function("ml", "rates", objects("bw-rates"))
    _, i = b.rest_api("ml", "rates", b.lambda_uri(f), authorization="AWS_IAM")
    b.admits_api("ml", "rates", i)
    b.miss("rates", "A regional API in front of a function that reads the bucket.", "api_authorizer: the method wants AWS_IAM", b.training("ml", "bw-rates", "rates-net"))
    f, _ = b.function("ml", "drafts", objects("bw-drafts"))
    _, i = b.rest_api("ml", "drafts", b.lambda_uri(f), stage=False)
    b.admits_api("ml", "drafts", i)
    b.miss("drafts", "A regional API without authorisation.", "stage: it was never deployed: no stage answers", b.training("ml", "bw-drafts", "drafts-net"))
    f, _ = b.function("ml", "staff", objects("bw-staff"))
    _, i = b.rest_api("ml", "staff", b.lambda_uri(f), kind="PRIVATE", policy=document(allow("execute-api:Invoke", "execute-api:/*", Principal="*", Condition={"StringEquals": {"aws:SourceVpc": ml["vpc"]}})))
    b.admits_api("ml", "staff", i)
    b.miss("staff", "An API without authorisation.", "api_endpoint: it is PRIVATE and admits one VPC, in which nothing is reachable", b.training("ml", "bw-staff", "staff-net"))

    b.function("web", "export", objects("bw-ledger-2"), url="NONE")
    b.miss("ledger-2", "An open function in web whose policy allows reads of a bucket in ml.", "resource: another account needs both sides, and the bucket has no policy", b.training("ml", "bw-ledger-2", "ledger-2-net"))
    nb, _ = b.notebook("ml", "retired", objects("bw-retired"))
    b.client("ml", "sagemaker").stop_notebook_instance(NotebookInstanceName="retired")
    b.function("ml", "retired-link", allow("sagemaker:CreatePresignedNotebookInstanceUrl", nb), url="NONE")
    b.miss("retired", "An open function hands out links to a notebook.", "state: the notebook is stopped, and the function may not start it", b.training("ml", "bw-retired", "retired-net"))
    f, _ = b.function("ml", "case-finder", objects("bw-cases"))
    b.gateway("ml", "cases", f, "CUSTOM_JWT")
    b.miss("cases", "A gateway in front of a tool that reads the bucket.", "api_authorizer: the gateway wants a token of Brightwater's own issuer", b.training("ml", "bw-cases", "cases-net"))
    mine = b.arn("ml", "role/tagger")
    cell = b.client("ml", "iam").create_policy(PolicyName="cell", PolicyDocument=document(allow("iam:PutRolePolicy", mine), allow("logs:*")))["Policy"]["Arn"]
    b.function("ml", "tagger", allow("iam:PutRolePolicy", mine), url="NONE", boundary=cell)
    b.miss("promotion", "An open function may write its own policy.", "boundary: whatever it writes, its boundary leaves it only that and logs", "capability:%s/admin" % b.account["ml"])


def story(b):
    lines = ["# Brightwater", "", "<!-- Written by build.py with the estate. Do not edit. -->", "", __doc__.split("\n\n")[2].strip(), "", "## What is open", ""]
    for w in b.ways:
        lines += ["**%s %s.** %s" % (w["id"], w["title"], w["told"]), "", "`%s`" % "` → `".join([w["entry"]] + w["nodes"]) + "", ""]
    lines += ["A node with `?` may be left out.", ""] + ["Also true: `%s` → `%s`. %s" % (x["entry"], x["target"], x["told"]) for x in b.also] + ["", "## What looks open and is not", "", "| | what one sees | what stops it | target |", "|---|---|---|---|"]
    lines += ["| %s | %s | %s | `%s` |" % (m["id"], m["told"], m["stopped_by"], m["target"]) for m in b.misses]
    return "\n".join(lines) + "\n"


def main():
    args = argparse.ArgumentParser()
    for f in ("--credentials", "--truth", "--story"):
        args.add_argument(f, required=True)
    a = args.parse_args()
    b = Brightwater()
    for account in ("web", "ml", "lab", "media", "press", "exchange"):
        b.bucket(account, "bw-artifacts-" + account)
    misses(b, *ways(b))
    with open(a.credentials, "w") as f:
        for name, (key, secret, token) in b.keys.items():
            f.write("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n%s\n" % (name, key, secret, "aws_session_token = %s\n" % token if token else ""))
    with open(a.truth, "w") as f:
        json.dump({"region": REGION, "accounts": b.account, "ways": b.ways, "also_true": b.also, "near_misses": b.misses}, f, indent=1)
        f.write("\n")
    with open(a.story, "w") as f:
        f.write(story(b))


if __name__ == "__main__":
    main()
