package aws

// Services lists all services, in the order they are collected. It is the one
// list that a new service is added to.
var Services = []Service{
	stsService,
	iamService,
	organizationsService,
	s3Service,
	s3controlService,
	kmsService,
	secretsmanagerService,
	sqsService,
	snsService,
	ecrService,
	dynamodbService,
	ssmService,
	rdsService,
	opensearchService,
	esService,
	opensearchserverlessService,
	ec2Service,
	elbService,
	elbv2Service,
	lambdaService,
	apigatewayService,
	apigatewayv2Service,
	cloudfrontService,
	sagemakerService,
	bedrockService,
	bedrockAgentService,
	agentcoreService,
}
