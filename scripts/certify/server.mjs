import { createServer } from "node:http";
import { json } from "node:stream/consumers";

/**
 * Starts an OpenAI-compatible server of embeddings on the loopback address.
 * @param embed Makes the vectors of a request's texts: a list of lists of numbers, or what the answer is to be instead,
 *   `{ status, body }`.
 * @returns the address to certify, and what stops the server
 */
export async function startServer(embed) {
  const server = createServer(async (request, response) => {
    const { input } = await json(request);
    const made = await embed(input);
    const { status, body, headers = {} } = Array.isArray(made) ? { status: 200, body: answerOf(made) } : made;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/v1#planted`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const answerOf = (vectors) => ({
  object: "list",
  data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
});
