# docker build -t pramana .; docker run --rm pramana run --model pramana/static-minilm-128 --benchmark pramana-mini
FROM node:22-slim AS build
WORKDIR /build
COPY . .
RUN npm pack

FROM node:22-slim
COPY --from=build /build/pramana-*.tgz /tmp/
# As npm installs it: the command pramana, and nothing that only the tests need.
RUN npm install --global /tmp/pramana-*.tgz && rm /tmp/pramana-*.tgz \
  && mkdir -p /store /hub /results && chown node /store /hub /results
USER node
WORKDIR /results
ENTRYPOINT ["pramana"]
