"""Tables, repositories, the unit of work and the migrations. The only room that imports SQLAlchemy."""
