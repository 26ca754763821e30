# Functions for the commands in docs/deploy.md and docs/operate.md. In the project's folder:
#
#   export AWS_PROFILE=acme AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1
#   STACK=mailproof; . docs/operations/functions.sh

STACK=${STACK:-mailproof}

# An output of the stack: output ApiUrl
output() {
    aws cloudformation describe-stacks --stack-name "$STACK" \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}

# The name, ARN or URL of a resource, by its name in template.yaml: resource AlarmTopic
resource() {
    aws cloudformation describe-stack-resource --stack-name "$STACK" --logical-resource-id "$1" \
        --query StackResourceDetail.PhysicalResourceId --output text
}

# Deploys the stack: deploy --parameter-overrides MailsPerDay=3
deploy() {
    sam deploy --stack-name "$STACK" --s3-prefix "$STACK" "$@"
}

# The operator's command on the stack's table: admin status ada@example.com
admin() {
    if [ -f admin ]; then # the program of a release, in place of the folder of a checkout
        TABLE_NAME=$(output TableName) ./admin "$@"
    else
        TABLE_NAME=$(output TableName) cargo run --quiet --bin admin -- "$@"
    fi
}

# A program beside this file, with boto3: operation redrive_mail_events.py ...
operation() {
    if ! target/operations/bin/python -c 'import boto3' 2>/dev/null; then
        python3 -m venv target/operations || return
        target/operations/bin/pip install --quiet boto3 || return
    fi
    target/operations/bin/python docs/operations/"$@"
}

# A query of all logs of the stack, over the last day or the given hours: logs QUERY [HOURS]
logs() {
    operation query_logs.py "$STACK" "$@"
}
