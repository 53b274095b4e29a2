# The queue of batches that could not be handled.
output "dead_letters_url" { value = aws_sqs_queue.dead_letters.url }
