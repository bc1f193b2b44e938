// Run once by the mongo image, on an empty volume and before authentication is on, in the database MONGO_INITDB_DATABASE.
// The application reads and writes its own database and can do nothing else on the server.
db.createUser({
  user: "finsight",
  pwd: process.env.MONGO_PASSWORD,
  roles: [{ role: "readWrite", db: "finsight" }],
});
