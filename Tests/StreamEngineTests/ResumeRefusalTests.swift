import Providers
import StreamEngine
import TestSupport
import Testing

/// Which errors refuse the way in which a request resumed, and which are about something else.
@Suite struct ResumeRefusalTests {
    private func refusal(_ status: Int, type: String? = nil, code: String? = nil, _ message: String?) -> ResumeRefusal?
    {
        StreamFailure(
            status: status, headers: [],
            error: message.map { ProviderError(status: status, type: type, code: code, message: $0) }
        ).resumeRefusal
    }

    /// As the servers word it (Anthropic, Bedrock, Mistral, DeepSeek, Gemini, Groq, OpenAI, vLLM, llama.cpp, and the chat
    /// templates of Gemma, Llama and Mistral).
    @Test(arguments: [
        (400, "This model does not support assistant message prefill. The conversation must end with a user message."),
        (400, "messages: final assistant content cannot end with trailing whitespace"),
        (
            400,
            "messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"assistant\" roles in a row"
        ),
        (400, "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant"),
        (
            400,
            "The last message of deepseek-reasoner must be a user message, or an assistant message with prefix mode on"
        ),
        (400, "Please ensure that single turn requests end with a user role or the role field is empty."),
        (400, "Please ensure that multiturn requests alternate between user and model."),
        (
            400,
            "'messages.3' : for 'role:assistant' the following must be satisfied[('messages.3' : property 'prefix' is unsupported)]"
        ),
        (400, "Unrecognized request argument supplied: prefix"),
        (400, "messages.1.prefix: Extra inputs are not permitted"),
        (400, "Cannot set `add_generation_prompt` to True when the last message is from the assistant."),
        (400, "Assistant response prefill is incompatible with enable_thinking."),
        (400, "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."),
        (500, "Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/..."),
        (400, "System role not supported"),
        (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
        (422, "The last message must have role user"),
        (502, "upstream: This model does not support assistant message prefill."),
    ])
    func refusedStrategiesAreNamed(_ status: Int, _ message: String) {
        #expect(refusal(status, type: "invalid_request_error", message) == .named)
    }

    /// An error about something else, which another strategy would meet again.
    @Test(arguments: [
        (400, "invalid_request_error", "temperature: range: 0..1"),
        (400, "invalid_request_error", "Output blocked by content filtering policy"),
        (400, "invalid_request_error", "messages.0.content.1.image.source.base64.data: Could not process image"),
        (
            400, "invalid_request_error",
            "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens"
        ),
        (400, "invalid_request_error", "The model `gpt-9` has been deprecated"),
        (400, "invalid_request_error", "This organization has been disabled."),
        (401, "authentication_error", "invalid x-api-key"),
        (403, "permission_error", "Your role does not have access to this model"),
        (404, "not_found_error", "model: claude-9"),
        (429, "rate_limit_error", "Number of assistant message tokens: only 10 per minute"),
        (500, "api_error", "Internal server error"),
        (503, "overloaded_error", "Overloaded"),
    ])
    func unrelatedErrorsAreNot(_ status: Int, _ type: String, _ message: String) {
        #expect(refusal(status, type: type, message) == nil)
    }

    @Test func aPartialThatDoesNotFitIsToldApart() {
        #expect(refusal(413, nil) == .tooLarge)
        #expect(refusal(400, "prompt is too long: 210000 tokens > 200000 maximum") == .tooLarge)
        #expect(refusal(400, code: "context_length_exceeded", "Too many tokens for this model") == .tooLarge)
    }

    /// Nothing is said: the next way is tried, and nothing is learnt.
    @Test func anErrorWithoutAReasonIsNotLearntFrom() {
        #expect(refusal(400, nil) == .unexplained)
        #expect(refusal(422, nil) == .unexplained)
        #expect(refusal(400, "Bad Request") == .unexplained)
        #expect(refusal(400, type: "invalid_request_error", "Request contains an invalid argument.") == .unexplained)
        #expect(refusal(400, code: "400", "{}") == .unexplained)
        #expect(refusal(500, nil) == nil)
        #expect(StreamFailure.endedEarly.resumeRefusal == nil)
    }

    /// Money first: a relay that is out of credit says so with a 400.
    @Test func spentMoneyIsNoRefusal() {
        #expect(refusal(400, type: "billing_error", "assistant message prefill not supported") == nil)
        #expect(refusal(400, "Your credit balance is too low") == nil)
    }

    /// A relay answers 200 and an error, or begins a stream with one.
    @Test func errorsUnderStatus200CountByTheirWords() {
        let error = ProviderError(type: "invalid_request_error", message: "assistant message prefill is not supported")
        #expect(StreamFailure(streamError: error).resumeRefusal == .named)
        #expect(StreamFailure(status: 200, headers: [], error: error).resumeRefusal == .named)
        #expect(
            StreamFailure(streamError: ProviderError(type: "overloaded_error", message: "Overloaded")).resumeRefusal
                == nil)
    }

    /// No recorded error body is taken for a refusal, but for the two that speak of a system message that is unsupported.
    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func recordedErrorsAreNoRefusals() throws {
        let files = try Conformance.files(below: "wire/errors", suffix: ".json")
        #expect(files.count >= 14)
        for file in files {
            guard let status = file.split(separator: "-").compactMap({ Int($0) }).first(where: { $0 >= 400 }) else {
                continue
            }
            let error = ProviderError(status: status, body: Array(try Conformance.contents(file)))
            let failure = StreamFailure(status: status, headers: [], error: error)
            let expected: ResumeRefusal? = file.contains("system_role") ? .named : nil
            #expect(failure.resumeRefusal == expected, "\(file): \(error.message)")
        }
    }
}
